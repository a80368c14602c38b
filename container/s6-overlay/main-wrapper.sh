#!/command/with-contenv sh
# The container's command, as the runtime user: a program on PATH as it is, anything else as words for hermes.
set -u
user=${HERMES_USER:-hermes}

if [ "$(id -u)" -ne 0 ] && [ "$(id -u)" != "$(id -u "$user")" ]; then
  echo "hermes: this image starts as root and becomes $user by itself; it cannot run as uid $(id -u)." >&2
  echo "Instead of --user give -e HERMES_UID=$(id -u) -e HERMES_GID=$(id -g), or use the image of container/Dockerfile." >&2
  exit 78
fi

HOME=$(sed -n "s/^$user:[^:]*:[^:]*:[^:]*:[^:]*:\([^:]*\):.*/\1/p" /etc/passwd)
export HOME
[ $# -gt 0 ] || set -- sleep infinity
command -v -- "$1" >/dev/null || set -- hermes "$@"
[ "$(id -u)" -ne 0 ] || set -- /command/s6-setuidgid "$user" "$@"
exec "$@"
