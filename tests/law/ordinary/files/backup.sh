#!/bin/sh
pg_dump -f /var/backups/x
