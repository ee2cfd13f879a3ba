/* version.c - --version: the package, and the libraries that read packets for it. */
#include <stdio.h>

#include "esi/capture.h"
#include "esi/cli.h"
#include "esi/reassembly.h"

void
esi_cli_print_version(const struct esi_program *program)
{
    printf("%s %s\n%s\n%s\nreads captures compressed with %s\n", program->name, ESI_VERSION,
           esi_capture_library(), esi_reassembly_library(), esi_capture_compressions());
}
