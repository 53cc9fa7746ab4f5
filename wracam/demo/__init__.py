"""The sample shop zielnik: a simulated shop life through the public doors."""
