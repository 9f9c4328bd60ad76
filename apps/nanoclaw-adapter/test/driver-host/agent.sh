# An agent runner in small: answers what is in inbound.db into outbound.db, one message at a time and in order. It looks
# before it works and writes after it, so that two of them on one session would answer twice.
sql() { /opt/tools/ld.so --library-path /opt/tools /opt/tools/sqlite3 -batch -bail -cmd '.timeout 5000' "$@"; }
trap 'exit 0' TERM
cd /workspace || exit 1
while :; do
  touch .heartbeat
  acknowledged=$(sql -readonly outbound.db 'SELECT group_concat(message_id) FROM processing_ack')
  next=$(sql -readonly inbound.db "SELECT id FROM messages_in WHERE id NOT IN (${acknowledged:-0}) ORDER BY id LIMIT 1")
  if [ -z "$next" ]; then
    sleep 0.05
    continue
  fi
  content=$(sql -readonly inbound.db "SELECT content FROM messages_in WHERE id = $next" | sed "s/'/''/g")
  while [ -e hold ]; do
    touch working
    sleep 0.05
  done
  sql outbound.db "BEGIN; INSERT INTO messages_out(in_reply_to, content) VALUES ($next, 'answer to $content');
    INSERT INTO processing_ack VALUES ($next); COMMIT"
done
