#!/bin/sh
# Browser tests need Chromium. As root on Debian or Ubuntu we fetch it; elsewhere we only say so. Never fails.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests ..."
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium) \
        >/dev/null 2>&1 && exit 0
fi
echo "No Chromium found: the browser tests will be skipped. Install it with your system's package manager." >&2
exit 0
