#!/usr/bin/env bash
# Two questions over stdin; nothing is kept.
printf 'What is your name? '
if ! read -r name; then
  printf '\nNobody answered: stdin is closed.\n'
  exit 1
fi
printf 'Give me a number, %s: ' "${name:-stranger}"
if ! read -r number || ! [[ $number =~ ^-?[0-9]{1,9}$ ]]; then
  printf '\nThat was no number.\n'
  exit 1
fi
printf 'Twice %d is %d. Thank you, %s.\n' "$number" "$((number * 2))" "${name:-stranger}"
