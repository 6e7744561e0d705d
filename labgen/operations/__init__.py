"""Operations on an existing lab."""
