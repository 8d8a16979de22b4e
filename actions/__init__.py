"""Runs the custom actions: one flat module a topic (rasa-sdk loads no sub-packages safely)."""
