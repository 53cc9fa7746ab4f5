"""The member pages' shell: sign-in by link or code, layout, the shop's own look."""
