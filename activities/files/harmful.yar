/* What the embedded scanner looks for. It is no virus database: it catches the standard test file and a few plain
   tricks in the kinds of files that are taken. Point CLAMD_URL at a ClamAV daemon for real protection. */

rule EICAR_test_file
{
    strings:
        $mark = /X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!\$H\+H\*/
    condition:
        $mark
}

rule PDF_that_starts_a_program
{
    strings:
        $launch = "/Launch"
        $program = /(cmd|powershell|wscript|mshta|rundll32)\.exe/ nocase
    condition:
        uint32be(0) == 0x25504446 and $launch and $program
}

rule PDF_with_hidden_script
{
    strings:
        $open = "/OpenAction"
        $script = "/JavaScript"
        $hidden = /(unescape|eval|String\.fromCharCode)\s*\(/
    condition:
        uint32be(0) == 0x25504446 and all of them
}

rule Picture_with_server_code
{
    strings:
        $php = /<\?php\s[^?]{0,200}(eval|system|exec|passthru|shell_exec|assert|base64_decode)\s*\(/
    condition:
        (uint16be(0) == 0xffd8 or uint32be(0) == 0x89504e47 or uint32be(0) == 0x47494638) and $php
}
