"""The tests: they mirror the modules; `scenarios` uses the whole site as a person does."""
