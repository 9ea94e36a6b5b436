"""Real servers for tests and benchmarks: started once, on free ports of this machine, stopped at the end."""
