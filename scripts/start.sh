# shellcheck shell=bash
# Makes the command line start in half the time. Sourced after setup.sh.
# shellcheck disable=SC2034 # START_FLAGS is for those who source it

# A guest of a few instructions, an ELF file with a PVH note: a line feed to the serial port, then power-off. A JVM that
# runs it has loaded what any start loads.
readonly TINY_GUEST="f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAxAAQAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAACAAAAAAAAAAEAAAAHAAAAAAAAAAAA
AAAAABAAAAAAAAAAEAAAAAAA1wAAAAAAAADXAAAAAAAAAAAQAAAAAAAABAAAAAQAAACwAAAAAAAAALAAEAAAAAAAsAAQAAAAAAAUAAAAAAAAABQAAAAA
AAAABAAAAAAAAAAEAAAABAAAABIAAABYZW4AxAAQALr4AwAAsAruugAGAACwNO706/0="

# set_start_flags: sets START_FLAGS: the classes of a start as an archive of the JVM's own (class data sharing), and JNA's
# library unpacked. Both are made once a build, the archive for each JVM. The JVM itself looks whether an archive fits it
# and its jars, and does without one that does not. After build_jar and set_java_flags.
set_start_flags() {
  local lib=$JAVISOR_ROOT/target/lib line version='' archive
  local jna=$lib/native/com/sun/jna/linux-x86-64
  [ ! -r "$JAVA_HOME/release" ] || while read -r line; do
    case $line in JAVA_RUNTIME_VERSION=*) version=${line#*=} ;; esac
  done <"$JAVA_HOME/release"
  archive=$lib/start-${version//[^A-Za-z0-9.+-]/}.jsa
  # JNA would start ldconfig to find directories of libraries; it needs the C library alone.
  START_FLAGS=("-Djna.boot.library.path=$jna" -Djna.platform.library.path=/usr/lib)
  [ "$archive" -nt "$lib/.built" ] || make_start_archive "$archive"
  [ -d "$jna" ] || START_FLAGS=()
  # An empty one tells that it cannot be made.
  [ ! -s "$archive" ] || START_FLAGS+=("-XX:SharedArchiveFile=$archive")
}

# make_start_archive FILE: leaves the file empty where that fails: starting is slower then, and nothing else.
make_start_archive() {
  local lib=$JAVISOR_ROOT/target/lib work jar java
  jar=$(printf '%s\n' "$lib"/jna-[0-9]*.jar)
  java=(timeout 300 "$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" "${START_FLAGS[@]}" -cp "$RUN_CLASSPATH")
  say "preparing fast starts, once a build (log: target/start.log)"
  work=$(mktemp -d -- "$lib/.start.XXXXXX")
  (
    mkdir -p "$lib/native" && cd -- "$lib/native" &&
      "$JAVA_HOME/bin/jar" xf "$jar" com/sun/jna/linux-x86-64/libjnidispatch.so
    base64 -d <<<"$TINY_GUEST" >"$work/guest"
    "${java[@]}" "-XX:DumpLoadedClassList=$work/classes" "$MAIN_CLASS" run --serial tty --kernel "$work/guest"
    "${java[@]}" -Xshare:dump "-XX:SharedClassListFile=$work/classes" "-XX:SharedArchiveFile=$work/archive"
  ) </dev/null >"$JAVISOR_ROOT/target/start.log" 2>&1 || true
  [ -e "$work/archive" ] || : >"$work/archive"
  # At once, for several starts may be at it.
  mv -f -- "$work/archive" "$1"
  rm -rf -- "$work"
}
