"""Order histories from CSV and Excel files of any shop."""
