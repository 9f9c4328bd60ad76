#!/bin/sh
# What NanoClaw 2 runs, as far as a host can see it: two databases and a heartbeat in the session's directory. It never
# ends by itself. A message is answered once, however often this is started.
cd /workspace
while :; do
  touch .heartbeat
  # Whoever holds a lock has it for a moment; the next look comes soon. The host's database is only read.
  sqlite3 -batch outbound.db 2>>/tmp/errors <<'SQL' || :
.timeout 2000
attach 'file:inbound.db?mode=ro' as inbound;
begin immediate;
create temp table fresh as
  select id, content, row_number() over (order by seq) as place from inbound.messages_in
  where status = 'pending' and id not in (select in_reply_to from messages_out);
insert into messages_out (id, seq, in_reply_to, timestamp, kind, content)
  select 'out-' || id, coalesce((select max(seq) from messages_out), -1) + 2 * place, id, datetime('now'), 'chat',
    '{"text":"answer to ' || substr(content -> '$.text', 2) || '}'
  from fresh;
insert or replace into processing_ack (message_id, status, status_changed)
  select id, 'completed', datetime('now') from fresh;
commit;
SQL
  sleep 0.03
done
