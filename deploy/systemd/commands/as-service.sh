# Read by kuager-observatory and kuager-letter: as_service USER SETTINGS COMMAND… runs kuager as the user of a service.
as_service() {
  service_user=$1
  settings=$2
  shift 2
  if [ "$(id -u)" != 0 ]; then
    echo "$service_user: run it as root: it becomes the user of the service" >&2
    exit 2
  fi
  # Lines NAME="VALUE", as systemd reads them. Nothing in them is run.
  while IFS= read -r line; do
    case "$line" in
      [A-Z]*=*)
        value=${line#*=}
        value=${value#\"}
        export "${line%%=*}=${value%\"}"
        ;;
    esac
  done <"$settings"
  umask 0077
  exec setpriv "--reuid=$service_user" "--regid=$service_user" --init-groups --bounding-set=-all --no-new-privs \
    /usr/bin/kuager "$@"
}
