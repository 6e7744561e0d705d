"""Where machines come from: one file a provider, all behind base.Provider."""
