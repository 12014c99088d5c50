# mulga.bash - completion of mulga's verbs, options and neighbors for bash

_mulga()
{
	local word=${COMP_WORDS[COMP_CWORD]} verb= home=() i
	local verbs="init key check print reload send fetch request rnews area queue sent why trace status links link
		call hangup routes explain topology map carry simulate help"

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-C) home=(-C "${COMP_WORDS[i + 1]}"); ((i++)) ;;
		*) verb=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $verb in
	'')
		if [[ ${COMP_WORDS[COMP_CWORD - 1]} == -C ]]; then
			mapfile -t COMPREPLY < <(compgen -d -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -W "$verbs -C" -- "$word")
		fi
		;;
	send)
		mapfile -t COMPREPLY < <(compgen -f -W "--service --fastest --cheapest --urgent
			--expire --receipt --name" -- "$word")
		;;
	init) mapfile -t COMPREPLY < <(compgen -W "--name --visible --via" -- "$word") ;;
	check | print) mapfile -t COMPREPLY < <(compgen -f -W "--json" -- "$word") ;;
	queue)
		mapfile -t COMPREPLY < <(compgen -W "list show hold release cancel return reroute
			expedite --neighbor --service --older --all --json" -- "$word")
		;;
	links | call | hangup | link)
		mapfile -t COMPREPLY < <(compgen -W "$([[ $verb == link ]] && echo up down) $(
			mulga "${home[@]}" links --json 2>/dev/null |
				sed -n 's/^{"neighbor":"\([^"]*\)".*/\1/p')" -- "$word")
		;;
	routes)
		mapfile -t COMPREPLY < <(compgen -f -W "--table fastest cheapest broadcast explicit
			--home -f --json" -- "$word")
		;;
	explain) mapfile -t COMPREPLY < <(compgen -W "--cheapest --home -f --json" -- "$word") ;;
	carry) mapfile -t COMPREPLY < <(compgen -W "out in visit list lost again" -- "$word") ;;
	topology) mapfile -t COMPREPLY < <(compgen -W "show history diff forget --pseudolinks
			--on --since --json" -- "$word") ;;
	map) mapfile -t COMPREPLY < <(compgen -f -W "-o --dot --home -f" -- "$word") ;;
	esac
}

complete -F _mulga mulga
