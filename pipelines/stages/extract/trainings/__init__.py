"""Trainings for exporters."""
