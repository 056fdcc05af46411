/* address.h - web addresses: relative to absolute, sessions off, and what they point at.
 *
 * An address form is what a profile says of its software's addresses: "viewtopic.php?t={id}". Its
 * path must match the end of the path, its parameters must be among the address's, in any order
 * and separated by & or ;, its fragment must match the fragment. The id is the first {id} or
 * {text} of path, parameters, fragment. */
#ifndef EXTRACT_ADDRESS_H
#define EXTRACT_ADDRESS_H

#include "daemon/extract/pattern.h"

struct ek_arena;

enum ek_address_kind { EK_TO_THREAD, EK_TO_POST, EK_TO_BOARD, EK_TO_USER, EK_ADDRESS_KINDS };

#define EK_FORM_PARAMETERS 4

struct ek_address_form {
    enum ek_address_kind kind;
    struct ek_slice text; /* as written in the profile */
    bool has_path, has_fragment;
    struct ek_pattern path, fragment;
    struct ek_pattern parameters[EK_FORM_PARAMETERS];
    unsigned parameter_count;
};

/* All but the kind. What is wrong with the form, or NULL. */
const char *ek_address_form_compile(struct ek_address_form *form, struct ek_arena *arena,
                                    struct ek_slice text);

/* The id where the address has this form. */
bool ek_address_match(const struct ek_address_form *form, struct ek_slice address,
                      struct ek_slice *id);

/* Where in an absolute address of this form the part begins that the form describes: all before is
 * the forum's base. 0 if it has not this form. */
size_t ek_address_base(const struct ek_address_form *form, const char *address);

/* The address absolute and ready to be asked for: scheme and host in lower case, unsafe bytes
 * encoded, session parameters (a NULL-terminated list) removed. base may be NULL: then a relative
 * address stays relative. NULL if it is no http(s) address, is too long, or memory is out. */
char *ek_address_absolute(struct ek_arena *arena, const char *base, struct ek_slice reference,
                          const char *const *sessions);

/* The folder that an absolute address lies in, with its '/', without parameters. */
char *ek_address_folder(struct ek_arena *arena, const char *address);

/* Does the absolute address lie below the forum's base, whatever the scheme and "www."? */
bool ek_address_below(const char *address, const char *base);

#endif
