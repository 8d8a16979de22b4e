"""Thousands of odd turns over every channel while parts of the cluster are killed and frozen."""
