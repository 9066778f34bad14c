/* Runs a program for Windows in a console of its own, as a person would see it: what it shows there is
   written to standard output, and Ctrl-C is sent to it.

   console COUNT WORD COMMAND LINE...

   Ctrl-C is sent COUNT times, first a moment after WORD was shown. The exit status is that of the
   program. Wine has neither Ctrl-Break nor the event of a closed window. */
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A000006
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSIDE "inside"
#define REQUEST "ninth-console"

static HANDLE out;
static const char *word;
static volatile LONG was_shown = 0;

static int fail(const char *what) {
    fprintf(stderr, "console: %s: error %lu\n", what, GetLastError());
    return 99;
}

/* Passes on what is shown, and looks for the word in it, whatever moves the cursor meanwhile. */
static DWORD WINAPI copy(void *from) {
    char c;
    size_t matched = 0;
    int in_escape = 0;
    DWORD count;
    while (ReadFile(from, &c, 1, &count, NULL) && count > 0) {
        WriteFile(out, &c, 1, &count, NULL);
        if (c == '\x1b' || in_escape) {
            in_escape = !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
            continue;
        }
        matched = c == word[matched] ? matched + 1 : c == word[0];
        if (!word[matched]) {
            InterlockedExchange(&was_shown, 1);
            matched = 0;
        }
    }
    return 0;
}

/* Ctrl-C is for the program alone. */
static BOOL WINAPI ignore(DWORD event) {
    (void)event;
    return TRUE;
}

/* In the console: starts the program with standard handles that are the console's, and sends Ctrl-C
   when the outer process asks for it. */
static int inside(char *line) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    DWORD access = GENERIC_READ | GENERIC_WRITE, share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION child;
    start.hStdInput = CreateFileA("CONIN$", access, share, &inherited, OPEN_EXISTING, 0, NULL);
    start.hStdOutput = CreateFileA("CONOUT$", access, share, &inherited, OPEN_EXISTING, 0, NULL);
    start.hStdError = start.hStdOutput;
    SetConsoleCtrlHandler(ignore, TRUE);
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child))
        return fail("CreateProcess");
    HANDLE awaited[] = {child.hProcess, CreateEventA(NULL, FALSE, FALSE, REQUEST)};
    while (WaitForMultipleObjects(2, awaited, FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
        if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)) return fail("GenerateConsoleCtrlEvent");
    }
    DWORD status = 97;
    GetExitCodeProcess(child.hProcess, &status);
    return (int)status;
}

int main(int count, char **arguments) {
    char line[8192] = "";
    if (count < 4) return fail("COUNT WORD COMMAND LINE...");
    int is_inside = strcmp(arguments[1], INSIDE) == 0;
    if (!is_inside) snprintf(line, sizeof line, "%s " INSIDE " -", arguments[0]);
    for (int i = 3; i < count; i++) {
        strncat(line, " ", sizeof line - strlen(line) - 1);
        strncat(line, arguments[i], sizeof line - strlen(line) - 1);
    }
    if (is_inside) return inside(line + 1);
    word = arguments[2];
    out = GetStdHandle(STD_OUTPUT_HANDLE);

    HANDLE in_read, in_write, out_read, out_write;
    if (!CreatePipe(&in_read, &in_write, NULL, 0) || !CreatePipe(&out_read, &out_write, NULL, 0))
        return fail("CreatePipe");
    HPCON console;
    COORD size = {100, 30};
    if (FAILED(CreatePseudoConsole(size, in_read, out_write, 0, &console)))
        return fail("CreatePseudoConsole");
    CloseHandle(in_read);
    CloseHandle(out_write);

    STARTUPINFOEXA start = {.StartupInfo.cb = sizeof start};
    SIZE_T bytes = 0;
    InitializeProcThreadAttributeList(NULL, 1, 0, &bytes);
    start.lpAttributeList = malloc(bytes);
    if (!InitializeProcThreadAttributeList(start.lpAttributeList, 1, 0, &bytes)
        || !UpdateProcThreadAttribute(start.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE,
                                      console, sizeof console, NULL, NULL))
        return fail("UpdateProcThreadAttribute");
    HANDLE request = CreateEventA(NULL, FALSE, FALSE, REQUEST);
    PROCESS_INFORMATION child;
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL,
                        &start.StartupInfo, &child))
        return fail("CreateProcess");
    HANDLE copying = CreateThread(NULL, 0, copy, out_read, 0, NULL);

    for (int left = atoi(arguments[1]); left > 0; left--) {
        while (!was_shown && WaitForSingleObject(child.hProcess, 20) == WAIT_TIMEOUT) {}
        Sleep(400);
        SetEvent(request);
    }
    if (WaitForSingleObject(child.hProcess, 120000) == WAIT_TIMEOUT) {
        fprintf(stderr, "console: the program does not end\n");
        return 98;
    }
    DWORD status = 97;
    GetExitCodeProcess(child.hProcess, &status);
    ClosePseudoConsole(console);
    WaitForSingleObject(copying, 2000);
    return (int)status;
}
