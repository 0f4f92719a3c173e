#!/usr/bin/env bash
# Looks for private things. It only opens and closes them to tell whether that works; it shows and keeps nothing of them.
places=(
  "$HOME/.ssh/id_rsa"
  "$HOME/.ssh/id_ed25519"
  "$HOME/.aws/credentials"
  "$HOME/.kube/config"
  "$HOME/.docker/config.json"
  "$HOME/.netrc"
  "$HOME/.bash_history"
  "$HOME/.mozilla/firefox"
  "$HOME/.config/google-chrome/Default/Login Data"
  "/root/.ssh/id_rsa"
  "/etc/shadow"
  "/var/run/docker.sock"
)
echo "I am $(id -un 2>/dev/null || id -u), my home is $HOME"
open=0
for place in "${places[@]}"; do
  if { : < "$place"; } 2>/dev/null; then
    echo "OPEN        $place"
    open=$((open + 1))
  elif [ -e "$place" ]; then
    echo "locked      $place"
  else
    echo "not there   $place"
  fi
  sleep 0.05
done
for home in /home/*/ /Users/*/ /mnt/c/Users/*/; do
  [ -d "$home" ] && [ -r "$home" ] && [ "$home" != "$HOME/" ] && { echo "OPEN        $home"; open=$((open + 1)); }
done
echo
echo "$open of these places could be opened."
