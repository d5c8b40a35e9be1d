"""Benchmarks, run by script/bench; docs/benchmarks.md says what each figure means."""
