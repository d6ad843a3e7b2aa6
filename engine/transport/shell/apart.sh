# Defines `vrun_e SCRIPT`, which runs a script that has no parameters and can't end what calls it by what isn't finished in it.
# shellcheck shell=sh
vrun_e() {
  vrun_s=$1
  shift $#
  eval "$vrun_s"
}
