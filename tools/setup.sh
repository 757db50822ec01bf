# What ./dev setup does; sourced by ./dev, which sets $root and $cache.
# Every step looks first and does only what is missing.

arrow_home="$cache/pyarrow-26.0.1"
duckdb_home="$cache/duckdb-1.5.5"
venv="$cache/venv"
wheels="$cache/downloads"

note() { printf 'setup: %s\n' "$*" >&2; }
fail_setup() {
  printf 'setup: FAILED: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  exit 4
}

# The rows of a pin file without comments.
pins() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/tools/pins/$1"; }

# Prints "package wanted found" for each package that is missing or too old.
missing_packages() {
  local package wanted found installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' \
    $(pins apt.txt | cut -d' ' -f1) 2>/dev/null || true)
  while read -r package wanted; do
    found=$(awk -v p="$package" '$1 == "installed" && $2 == p {print $3; exit}' <<<"$installed")
    if [[ -z $found ]] ||
      { [[ -n $wanted ]] && ! dpkg --compare-versions "$found" ge "$wanted"; }; then
      echo "$package ${wanted:--} ${found:-nothing}"
    fi
  done < <(pins apt.txt)
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

setup_packages() {
  command -v dpkg-query >/dev/null || fail_setup "this is no Debian or Ubuntu (dpkg is missing)" \
    "Install what tools/pins/apt.txt lists by other means, or use a Debian 12 container."
  local missing names
  missing=$(missing_packages)
  [[ -n $missing ]] || return 0
  names=$(cut -d' ' -f1 <<<"$missing" | tr '\n' ' ')
  note "installing with apt: $names"
  if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
    fail_setup "root is needed for apt, and there is no sudo" \
      "As root: apt-get update && apt-get install -y --no-install-recommends $names" \
      "Then again: ./dev setup"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 ||
    note "apt-get update failed; trying with the lists that are here"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends $names >&2 ||
    fail_setup "apt could not install: $names" \
      "Check the network and the package sources (see apt's message above), then: ./dev setup"
  missing=$(missing_packages)
  [[ -z $missing ]] || fail_setup "these packages are still missing or too old:" \
    "package, wanted at least, found:" "$missing" \
    "Lakegate is built on Debian 12 (bookworm); an older release does not have them."
}

# A Python 3.11 (the pinned wheels are for it) that can make virtual environments.
find_python() {
  local candidate
  for candidate in python3.11 python3 /usr/bin/python3.11 /usr/bin/python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' \
      2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail_setup "there is no Python 3.11 with venv" \
    "Debian 12 has it: apt-get install python3 python3-venv. Then: ./dev setup"
}

# download_wheels <python> <pin file>: into $wheels, hashes checked.
download_wheels() {
  local python=$1 file=$2 log attempt
  local options=(--disable-pip-version-check --quiet --no-deps --only-binary=:all: --require-hashes
    --python-version 311 --implementation cp --platform manylinux_2_28_x86_64
    --platform manylinux_2_27_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
    --dest "$wheels" -r "$root/tools/pins/$file")
  mkdir -p "$wheels"
  log=$(mktemp)
  if "$python" -m pip download --no-index --find-links "$wheels" "${options[@]}" >"$log" 2>&1; then
    rm -f "$log"
    return
  fi
  note "downloading $(pins "$file" | cut -d' ' -f1 | tr '\n' ' ')to $wheels"
  for attempt in 1 2 3; do
    if "$python" -m pip download --find-links "$wheels" "${options[@]}" >"$log" 2>&1; then
      rm -f "$log"
      return
    fi
    note "attempt $attempt of 3 failed: $(grep -m1 ERROR "$log" || tail -n1 "$log")"
    sleep $((attempt * 2))
  done
  cat "$log" >&2
  rm -f "$log"
  fail_setup "could not download every package of tools/pins/$file" \
    "pip's message above names the package. What has arrived stays in $wheels." \
    "Check the network (a proxy: HTTPS_PROXY; a mirror: PIP_INDEX_URL), then: ./dev setup"
}

setup_venv_tools() {
  [[ -x $venv/bin/python ]] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
  local python
  python=$(find_python)
  note "making a Python environment at $venv"
  rm -rf "$venv"
  mkdir -p "$cache"
  "$python" -m venv "$venv" >&2 || fail_setup "could not make a Python environment at $venv" \
    "See Python's message above; then: ./dev setup"
}

setup_arrow() {
  [[ -e $arrow_home/pyarrow/libarrow.so.2600 ]] && return
  [[ $(uname -m) == x86_64 ]] || fail_setup "Arrow is pinned for x86_64; this is $(uname -m)"
  setup_venv_tools
  download_wheels "$venv/bin/python" arrow.txt
  local aside="$cache/.pyarrow-$$"
  note "unpacking Arrow to $arrow_home"
  rm -rf "$aside" "$arrow_home"
  mkdir -p "$aside"
  unzip -q "$wheels"/pyarrow-26.0.1-cp311-*.whl -d "$aside" || {
    rm -rf "$aside"
    fail_setup "could not unpack Arrow" "Is the disk full? Then: ./dev setup"
  }
  mv "$aside" "$arrow_home"  # the last step: a set-up that stops before never looks finished
}

# fetch_npm_file <package> <version> <sha256> <folder>: the package's archive, hash checked.
# npm does it where there is one (it knows of mirrors); else it is fetched as npm would.
fetch_npm_file() {
  local package=$1 version=$2 sha256=$3 folder=$4 name=${1##*/} registry
  local archive="$folder/$name-$version.tgz"
  registry=${NPM_CONFIG_REGISTRY:-https://registry.npmjs.org}
  if command -v npm >/dev/null; then
    (cd "$folder" && npm pack --silent "$package@$version" >/dev/null) || return 1
    mv "$folder"/*"$name-$version.tgz" "$archive" 2>/dev/null || true
  else
    "$venv/bin/python" -c 'import shutil, sys, urllib.request as r
with r.urlopen(sys.argv[1], timeout=60) as answer, open(sys.argv[2], "wb") as file:
    shutil.copyfileobj(answer, file)' \
      "${registry%/}/$package/-/$name-$version.tgz" "$archive" || return 1
  fi
  echo "$sha256  $archive" | sha256sum --check --status
}

# libduckdb.so from npm, duckdb.h from the source archive on PyPI (18 MB, not kept).
setup_duckdb() {
  [[ -e $duckdb_home/libduckdb.so && -e $duckdb_home/duckdb.h ]] && return
  [[ $(uname -m) == x86_64 ]] || fail_setup "DuckDB is pinned for x86_64; this is $(uname -m)"
  setup_venv_tools
  local package version sha256 aside="$cache/.duckdb-$$"
  read -r package version sha256 < <(pins duckdb-library.txt)
  note "downloading DuckDB to $duckdb_home"
  rm -rf "$aside"
  mkdir -p "$aside/home"
  fetch_npm_file "$package" "$version" "$sha256" "$aside" || {
    rm -rf "$aside"
    fail_setup "could not download $package $version from npm" \
      "Check the network (a proxy: HTTPS_PROXY; a mirror: NPM_CONFIG_REGISTRY), then: ./dev setup"
  }
  # --no-binary: pip asks the archive for its name with tools that it fetches and throws away.
  "$venv/bin/python" -m pip --disable-pip-version-check --quiet download --no-deps \
    --no-binary=duckdb --require-hashes --dest "$aside" \
    -r "$root/tools/pins/duckdb-header.txt" >&2 || {
    rm -rf "$aside"
    fail_setup "could not download DuckDB's header from PyPI" \
      "pip's message above says why. Check the network, then: ./dev setup"
  }
  tar xzf "$aside"/*.tgz -C "$aside/home" --strip-components=1 package/libduckdb.so package/LICENSE &&
    tar xzf "$aside"/duckdb-*.tar.gz -C "$aside/home" --strip-components=5 --wildcards \
      '*/external/duckdb/src/include/duckdb.h' || {
    rm -rf "$aside"
    fail_setup "could not unpack DuckDB" "Is the disk full? Then: ./dev setup"
  }
  rm -rf "$duckdb_home"
  mv "$aside/home" "$duckdb_home"  # the last step, as with Arrow
  rm -rf "$aside"
}

# setup_requirements <pin file>: packages of the file in the venv; a stamp holds the file's hash.
setup_requirements() {
  local file=$1 hash stamp
  hash=$(sha256sum "$root/tools/pins/$file" | cut -c1-16)
  stamp="$venv/.lakegate-${file%.txt}-$hash"
  [[ -e $stamp && -x $venv/bin/python ]] && return
  setup_venv_tools
  download_wheels "$venv/bin/python" "$file"
  note "installing $file into $venv"
  "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-index --no-deps \
    --find-links "$wheels" --require-hashes -r "$root/tools/pins/$file" >&2 ||
    fail_setup "could not install tools/pins/$file" "See pip's message above; then: ./dev setup"
  touch "$stamp"
}

# run_setup <pin file of Python packages>...: all of it; silent and quick if nothing is to do.
run_setup() {
  local file
  setup_packages
  setup_arrow
  setup_duckdb
  for file in "$@"; do setup_requirements "$file"; done
}
