/* confine.h - a process gives up everything but computing and talking over one descriptor. */
#ifndef EKBOM_CONFINE_H
#define EKBOM_CONFINE_H

#include "ekbom/error.h"

/* Confine the calling process for good: no new privileges, an empty landlock ruleset (no file can
 * be opened), a seccomp allow-list (no socket, fork, exec, nor new executable memory; refused calls
 * return EPERM), RLIMIT_AS of EK_READER_MEMORY_BYTES, no core file. *missing tells
 * what this kernel does not have (static string), NULL if all is in force. -1 if the process must
 * not go on. In sanitizer builds there is no memory limit and the filter only refuses the calls
 * that reach outside. */
int ek_confine(const char **missing, struct ek_err *err);

/* Allow EK_READER_CPU_SECONDS of processor time from now on; then SIGXCPU ends the process. */
int ek_confine_processor(struct ek_err *err);

/* Try what must be refused, print a line each to standard output; 0 if all was refused, 1 if not.
 */
int ek_confine_check(void);

#endif
