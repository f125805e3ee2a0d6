"""The domain of a patch run, pure: phases, plans, rates, forecasts, the language that picks nodes."""
