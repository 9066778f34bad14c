/* What programs of Rust ask of this library of Windows 10, for a Wine that does not have it yet. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count) {
    const SIZE_T most = 1 << 20;
    while (count > 0) {
        ULONG part = (ULONG)(count < most ? count : most);
        if (!RtlGenRandom(bytes, part)) return FALSE;
        bytes += part;
        count -= part;
    }
    return TRUE;
}
