"""Tests of the pattern; they run without Django."""
