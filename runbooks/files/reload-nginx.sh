#!/bin/sh
# Run by certbot after a renewal: a site that nginx can't read keeps the old certificate and says so.
nginx -t && systemctl reload nginx.service
