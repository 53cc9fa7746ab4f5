"""The console shell: sign-in, navigation, components and design tokens for staff screens."""
