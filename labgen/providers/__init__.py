"""Where machines come from: a folder for each provider, all behind base.Provider."""
