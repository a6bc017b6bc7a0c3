#!/usr/bin/env bash
# Runs studies with every sampler and several study seeds, and prints the best
# validation accuracy, in percent, after so many trials.
#
#   scripts/compare-samplers.sh [FOLDER]     make compare-samplers
#
# FOLDER keeps the studies (default: a new temporary one); run it again with the
# same folder to go on after an interruption. TRIALS, SEEDS and SETTINGS can be
# set in the environment.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-$(mktemp -d)}
trials=${TRIALS:-250}
seeds=${SEEDS:-1 2 3}
settings=${SETTINGS:---dataset digits --images 10000 --hidden 30 --epochs 5 --batch-size 64}

mkdir -p "$folder"
go build -o "$folder/goal-search" ./cmd/goal-search
search=("$folder/goal-search" --store "$folder/studies.db")
echo "studies in $folder: $trials trials each, $settings" >&2

best_so_far() { # of the CSV export, after 25, 50, … trials in the order of finishing
	awk -F, -v trials="$trials" '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		$column["rank"] != "" { value[$column["rank"]] = $column["value"] }
		END {
			step = trials < 250 ? trials / 5 : 50
			for (rank = 1; rank <= trials; rank++) {
				if (value[rank] != "" && value[rank] > best) best = value[rank]
				if (rank % step == 0) printf "\t%.2f", 100 * best
			}
			print ""
		}'
}

for sampler in cmaes tpe random; do
	for seed in $seeds; do
		name=$sampler-$seed
		# shellcheck disable=SC2086 # the settings are several words
		"${search[@]}" start --study "$name" --sampler "$sampler" --seed "$seed" --trials "$trials" $settings \
			>"$folder/$name.txt" 2>"$folder/$name.log"
		printf '%s' "$name"
		"${search[@]}" export --study "$name" --format csv | best_so_far
	done
done
