#!/bin/sh
# What NanoClaw 1 has in its image, as far as a host can see it: one JSON object on standard input, results between
# marker lines on standard output, and the IPC directory. Answers are made of the prompts' own JSON, byte for byte.
set -eu
ipc=/workspace/ipc
request=$(mktemp)
cat >"$request"
# What waits here was meant for an earlier run; its host, or the next one, asks it again.
rm -f "$ipc/input/_close" "$ipc"/input/*.json

# FILE, in which the prompt is at PATH of the JSON.
answer() {
  sqlite3 -batch -noheader :memory: <<SQL
create table input as select cast(readfile('$1') as text) as json;
select '---NANOCLAW_OUTPUT_START---';
select '{"status":"success","result":"answer to ' || substr(json -> '$2', 2) || ',"newSessionId":"session of a stub"}' from input;
select '---NANOCLAW_OUTPUT_END---';
SQL
}

# A message of the container's own, as its tools send them: written elsewhere, and renamed.
sqlite3 -batch -noheader :memory: "create table input as select cast(readfile('$request') as text) as json;
  select json_object('type', 'message', 'chatJid', json ->> '\$.chatJid', 'text', 'run of ' || (json ->> '\$.groupFolder')) from input;" \
  >"$ipc/messages/started.json.tmp"
mv "$ipc/messages/started.json.tmp" "$ipc/messages/started-$$-$(date +%s%N).json"

answer "$request" '$.prompt'
rm "$request"
next=$(mktemp)
while :; do
  for file in "$ipc"/input/*.json; do
    [ -e "$file" ] || continue
    cat "$file" >"$next"
    rm "$file"
    answer "$next" '$.text'
  done
  if [ -e "$ipc/input/_close" ]; then
    # What waits here was meant for an earlier run; its host, or the next one, asks it again.
rm -f "$ipc/input/_close" "$ipc"/input/*.json
    exit 0
  fi
  sleep 0.03
done
