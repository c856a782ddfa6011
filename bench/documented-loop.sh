#!/usr/bin/env bash
# Makes a backup as Camunda's documentation describes it, with its steps, order, curl calls and waiting loops, one after
# another: https://docs.camunda.io/docs/self-managed/operational-guides/backup-restore/backup-and-restore/
# The bench compares our own backup with this one. Only three things are ours: it reads the clock, skips components
# without a URL, and checks the decisive answers after the clock has stopped. Like the documented loops it waits for
# ever for a failed backup, and it leaves exporting paused if it is killed in between.
#
#   ORDER          8.7 (default), also 8.5 and 8.6: the steps of "Backup and restore".
#                  8.8, also 8.9 and 8.10: the steps of "Create a backup", which begin with the pause
#   ZEEBE_URL      management API of the gateway, in 8.8 of the orchestration cluster
#   OPERATE_URL, TASKLIST_URL   management APIs, 8.7 order only
#   WEBAPPS_URL    management API that serves backupHistory, 8.8 order only
#   OPTIMIZE_URL   management API
#   SEARCH_URL     Elasticsearch or OpenSearch
#   REPOSITORY     snapshot repository (default camunda)
#   POLL_SECONDS   pause between two looks at a backup (default 5, as documented; fractions allowed)
#   BACKUP_ID      default: now, in seconds
#
# A component without a URL is skipped. Needs bash and curl. Progress and answers go to stderr; the last line of stdout is
#   {"backupId":1748937221,"totalSeconds":31.4,"pausedSeconds":12.1}
# pausedSeconds is the time from sending the pause to the answer of the resume.
set -uo pipefail

ORDER=${ORDER:-8.7}
REPOSITORY=${REPOSITORY:-camunda}
POLL_SECONDS=${POLL_SECONDS:-5}
BACKUP_ID=${BACKUP_ID:-$(date +%s)}

say() { echo "$*" >&2; }

milliseconds() {
  if [[ -n "${EPOCHREALTIME:-}" ]]; then echo $((${EPOCHREALTIME/[.,]/} / 1000)); else node -p 'Date.now()'; fi
}

seconds_between() { printf '%d.%03d' $((($2 - $1) / 1000)) $((($2 - $1) % 1000)); }

# Prints the state of the whole backup, not of a part, like `jq -r .state`. The JSON may have any number of lines.
top_level_state() {
  awk '
    { json = json $0 "\n" }
    END {
      depth = 0; key = ""; length_of_json = length(json)
      for (i = 1; i <= length_of_json; i++) {
        c = substr(json, i, 1)
        if (c == "{" || c == "[") depth++
        else if (c == "}" || c == "]") depth--
        else if (c == ",") key = ""
        else if (c == "\"") {
          text = ""
          for (i++; i <= length_of_json && (c = substr(json, i, 1)) != "\""; i++) {
            if (c == "\\") c = substr(json, ++i, 1)
            text = text c
          }
          if (depth != 1) continue
          if (key == "state") { print text; exit }
          key = text
        }
      }
    }'
}

start_backup() { # name url
  say "start the backup of $1: $(curl -s -XPOST "$2" -H 'Content-Type: application/json' -d "{\"backupId\": $BACKUP_ID}")"
}

wait_for_backup() { # name url
  while [[ "$(curl -s "$2/$BACKUP_ID" | top_level_state)" != COMPLETED ]]; do
    say "waiting for $1..."
    sleep "$POLL_SECONDS"
  done
  say "finished the backup of $1"
}

soft_pause_exporting() {
  paused_at=$(milliseconds)
  pause_answer=$(curl -s -w ' %{http_code}' -XPOST "$ZEEBE_URL/actuator/exporting/pause?soft=true")
  say "pause exporting: $pause_answer"
}

resume_exporting() {
  resume_answer=$(curl -s -w ' %{http_code}' -XPOST "$ZEEBE_URL/actuator/exporting/resume")
  resumed_at=$(milliseconds)
  say "resume exporting: $resume_answer"
}

back_up_records() {
  local snapshot="$SEARCH_URL/_snapshot/$REPOSITORY/camunda_zeebe_records_backup_$BACKUP_ID"
  records_answer=$(curl -s -XPUT "$snapshot?wait_for_completion=true" -H 'Content-Type: application/json' -d "$records_body")
  say "snapshot of the records: $records_answer"
  # the documented second check
  say "its status: $(curl -s "$snapshot/_status" | head -c 300)"
}

back_up_zeebe() { # endpoint
  start_backup Zeebe "$ZEEBE_URL/actuator/$1"
  wait_for_backup Zeebe "$ZEEBE_URL/actuator/$1"
}

# The documentation has a tab for each search engine, and its readers know which one they have.
records_body='{"indices": "zeebe-record*", "feature_states": ["none"]}'
if [[ -n "${SEARCH_URL:-}" && "$(curl -s "$SEARCH_URL/")" == *opensearch* ]]; then
  records_body='{"indices": "zeebe-record*"}'
fi

paused_at=0 resumed_at=0 pause_answer='' resume_answer='' records_answer=''
began_at=$(milliseconds)

case $ORDER in
  8.5 | 8.6 | 8.7)
    [[ -n "${OPTIMIZE_URL:-}" ]] && start_backup Optimize "$OPTIMIZE_URL/actuator/backups"
    [[ -n "${OPERATE_URL:-}" ]] && start_backup Operate "$OPERATE_URL/actuator/backups"
    [[ -n "${TASKLIST_URL:-}" ]] && start_backup Tasklist "$TASKLIST_URL/actuator/backups"
    [[ -n "${OPTIMIZE_URL:-}" ]] && wait_for_backup Optimize "$OPTIMIZE_URL/actuator/backups"
    [[ -n "${OPERATE_URL:-}" ]] && wait_for_backup Operate "$OPERATE_URL/actuator/backups"
    [[ -n "${TASKLIST_URL:-}" ]] && wait_for_backup Tasklist "$TASKLIST_URL/actuator/backups"
    [[ -n "${ZEEBE_URL:-}" ]] && soft_pause_exporting
    [[ -n "${SEARCH_URL:-}" ]] && back_up_records
    [[ -n "${ZEEBE_URL:-}" ]] && back_up_zeebe backups
    [[ -n "${ZEEBE_URL:-}" ]] && resume_exporting
    ;;
  8.8 | 8.9 | 8.10)
    [[ -n "${ZEEBE_URL:-}" ]] && soft_pause_exporting
    [[ -n "${WEBAPPS_URL:-}" ]] && start_backup 'the web applications' "$WEBAPPS_URL/actuator/backupHistory"
    [[ -n "${OPTIMIZE_URL:-}" ]] && start_backup Optimize "$OPTIMIZE_URL/actuator/backups"
    [[ -n "${WEBAPPS_URL:-}" ]] && wait_for_backup 'the web applications' "$WEBAPPS_URL/actuator/backupHistory"
    [[ -n "${OPTIMIZE_URL:-}" ]] && wait_for_backup Optimize "$OPTIMIZE_URL/actuator/backups"
    [[ -n "${SEARCH_URL:-}" ]] && back_up_records
    [[ -n "${ZEEBE_URL:-}" ]] && back_up_zeebe backupRuntime
    [[ -n "${ZEEBE_URL:-}" ]] && resume_exporting
    ;;
  *)
    say "ORDER is a version from 8.5 to 8.10, not $ORDER"
    exit 2
    ;;
esac

ended_at=$(milliseconds)

# The times only count if the backup is good. Exporting answers 204 as its status, or as a field of a 200.
if [[ -n "${ZEEBE_URL:-}" ]]; then
  for answer in "$pause_answer" "$resume_answer"; do
    [[ $answer =~ (\"status\":\ *204|\ 204$) ]] || { say "not measured: exporting answered $answer"; exit 1; }
  done
fi
if [[ -n "${SEARCH_URL:-}" && ! $records_answer =~ \"state\"\ *:\ *\"SUCCESS\" ]]; then
  say 'not measured: the snapshot of the records is not SUCCESS'
  exit 1
fi

printf '{"backupId":%s,"totalSeconds":%s,"pausedSeconds":%s}\n' "$BACKUP_ID" \
  "$(seconds_between "$began_at" "$ended_at")" "$(seconds_between "$paused_at" "$resumed_at")"
