# bash completion for ekbom. Install as /usr/share/bash-completion/completions/ekbom.
#
# Commands are asked of the program itself (`ekbom help --commands`, one name a line), theories and
# treatments of the rule set (`ekbom rules list --format jsonl`), so that neither is repeated here.

# Values of the options that take one of a few words.
_ekbom_values() {
    case $1 in
    --format) echo table csv tsv json jsonl svg ;;
    --by) echo month quarter year ;;
    --of) echo all any-theory board ;;
    --split) echo stance forum language author-cohort ;;
    --order) echo newest oldest ;;
    --groups) echo forum language author-cohort ;;
    --stance) echo supports disputes neutral-mention asks ;;
    --state) echo live edited gone hidden ;;
    --target) echo rls cramps ;;
    --tier) echo open review internal ;;
    --within) echo post thread author board forum ;;
    --engine) echo fast naive ;;
    --color) echo auto always never ;;
    --hedged | --experience) echo yes no ;;
    --theory | --treatment) _ekbom_codes ;;
    --in) _ekbom_selections ;;
    *) return 1 ;;
    esac
}

# Codes of the current rule set; nothing when there is none.
_ekbom_codes() {
    "${COMP_WORDS[0]}" rules list --format jsonl 2>/dev/null </dev/null |
        sed -n 's/.*"code":"\([^"]*\)".*/\1/p'
}

# Names of selection files: of the folder that is set, else of the store's.
_ekbom_selections() {
    local folder=${EKBOM_SELECTIONS:-${EKBOM_STORE:-/var/lib/ekbom}/selections} i
    for ((i = 1; i < COMP_CWORD - 1 && ${#EKBOM_SELECTIONS} == 0; i++)); do
        [[ ${COMP_WORDS[i]} != --store ]] || folder=${COMP_WORDS[i + 1]}/selections
    done
    find "$folder" -maxdepth 1 -name '*.selection' -printf '%f\n' 2>/dev/null | sed 's/\.selection$//'
}

_ekbom_options() {
    case $1 in
    backup) echo --store --help && return ;;
    export)
        echo --store --format --output --tier --in --readers --help
        return
        ;;
    compact) echo --store --rebuild --readers --help && return ;;
    forget) echo --store --dry-run --readers --help && return ;;
    dump) echo --store --output --help && return ;;
    load) echo --store --archive --readers --help && return ;;
    log) echo --store --format --color --no-pager --help && return ;;
    esac
    echo --store --format --theory --treatment --stance --target --forum --board --thread --author \
        --language --state --since --until --of --split --by --sample --seed --hedged --experience \
        --author-first-seen-before --undetermined --not-assessable --quoted --rules-version \
        --as-stored-on --tier \
        --rules --in --color --help
    case $1 in
    timeline) echo --explain ;;
    report) echo --output --before --after --validated --smallest-of-interest --explain ;;
    cooccur) echo --within ;;
    first) echo --within --names --limit ;;
    authors) echo --names --limit ;;
    cite) echo --names ;;
    shift) echo --before --after --validated --smallest-of-interest --explain ;;
    compare) echo --groups --validated --smallest-of-interest --explain ;;
    watch) echo --smallest-of-interest --explain ;;
    posts) echo --kwic --limit --order --readers ;;
    show)
        echo --store --format --around --thread --page --reasons --quotes --color --no-pager --help
        return
        ;;
    esac
    [[ $1 != grep ]] || echo --ignore-case --match-case --kwic --count --limit --order --readers
}

# The command among the words so far: the first that is neither an option nor an option's value.
_ekbom_command() {
    local i word
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
        --store | --format | --color) ((i++)) ;;
        -*) ;;
        *)
            echo "$word"
            return
            ;;
        esac
    done
}

_ekbom() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command words
    command=$(_ekbom_command)
    COMPREPLY=()
    if words=$(_ekbom_values "$previous"); then
        :
    elif [[ $previous =~ ^--(store|rules|archive)$ || ($command == backup && $current != -*) ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
    elif [[ $current == -* ]]; then
        words=$(_ekbom_options "$command")
    elif [[ -z $command ]]; then
        words=$("${COMP_WORDS[0]}" help --commands 2>/dev/null </dev/null)
    else
        case $command in
        timeline | shift | watch | first | cooccur | switching | replies | cite | report) words=$(_ekbom_codes) ;;
        rules) [[ $previous != rules ]] || words="check test list explain eval stats gaps diff versions drop" ;;
        help) words=$("${COMP_WORDS[0]}" help --commands 2>/dev/null </dev/null) ;;
        export) words="posts quotes threads tags links" ;;
        esac
    fi
    if [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _ekbom ekbom
