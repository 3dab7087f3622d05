// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.bartizan.protocol.evidence.MachineSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A kernel's files as they are on well and badly kept machines, and on those that hide them. */
class SettingsLookTest {
  private static final String SWAPS = "Filename Type Size Used Priority\n";

  private final Map<String, String> kernel = new HashMap<>();

  private MachineSettings look() {
    return new SettingsLook(this::file).look(MemoryProtection.LOCKED, false, true, false);
  }

  private Optional<String> file(Path path) {
    return Optional.ofNullable(kernel.get(path.toString()));
  }

  @Test
  void aWellKeptMachine() {
    kernel.put("/proc/swaps", SWAPS);
    kernel.put("/proc/self/limits", "Limit Soft\nMax core file size         0       0   bytes\n");
    kernel.put("/proc/sys/kernel/core_pattern", "core\n");
    kernel.put("/proc/sys/kernel/yama/ptrace_scope", "2\n");
    kernel.put("/proc/self/cmdline", "java\0-XX:+DisableAttachMechanism\0-cp\0x");
    kernel.put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    kernel.put("/proc/cmdline", "root=/dev/sda1 ro quiet single_core=1\n");
    assertEquals(
        "attach=off boot-shell=no core=0 core-pattern=file debug=none dumpable=no"
            + " lockdown=integrity memory=locked ptrace=2 swap=none",
        look().event().description());
  }

  @Test
  void whatTheKernelDoesNotShowIsUnknown() {
    MachineSettings seen = look();
    for (String name : new String[] {"swap", "core", "core-pattern", "ptrace", "attach", "debug"}) {
      assertEquals(MachineSettings.UNKNOWN, seen.get(name), name);
    }
    assertEquals(MachineSettings.UNKNOWN, seen.get("lockdown"));
    assertEquals(MachineSettings.UNKNOWN, seen.get("boot-shell"));
  }

  @ParameterizedTest
  @CsvSource({
    "/proc/sys/kernel/yama/ptrace_scope,0,ptrace,0",
    "/proc/sys/kernel/yama/ptrace_scope,1 2,ptrace,unknown",
    "/proc/sys/kernel/core_pattern,|/usr/bin/apport %p,core-pattern,pipe",
    "/proc/sys/kernel/core_pattern,'',core-pattern,none",
    "/proc/self/limits,Max core file size unlimited unlimited bytes,core,unlimited",
    "/proc/self/limits,Max core file size so many,core,unknown",
    "/proc/self/cmdline,java -cp x,attach,on",
    "/proc/self/cmdline,java -agentlib:jdwp=transport=dt_socket,debug,agent",
    "/proc/self/cmdline,java -javaagent:spy.jar,debug,agent",
    "/sys/kernel/security/lockdown,[none] integrity confidentiality,lockdown,none",
    "/sys/kernel/security/lockdown,none integrity,lockdown,unknown",
    "/proc/cmdline,quiet systemd.debug-shell=1,boot-shell,yes",
    "/proc/cmdline,quiet init=/bin/bash,boot-shell,yes",
    "/proc/cmdline,quiet rd.break,boot-shell,yes",
    "/proc/cmdline,quiet init=/sbin/init,boot-shell,no"
  })
  void oneFile(String file, String content, String name, String value) {
    kernel.put(file, content);
    assertEquals(value, look().get(name));
  }

  @Test
  void swapIsEncryptedOnlyWhereAllOfItIs() {
    kernel.put("/proc/swaps", SWAPS + "/dev/dm-1 partition 1 0 -2\n");
    assertEquals("plain", look().get("swap"));
    kernel.put("/sys/block/dm-1/dm/uuid", "CRYPT-PLAIN-swap\n");
    assertEquals("encrypted", look().get("swap"));
    kernel.put("/proc/swaps", SWAPS + "/dev/dm-1 partition 1 0 -2\n/swapfile file 1 0 -3\n");
    assertEquals("plain", look().get("swap"));
    kernel.put("/proc/swaps", SWAPS + "/dev/zram0 partition 1 0 100\n");
    assertEquals("zram", look().get("swap"));
  }

  @Test
  void whatTheProcessKnowsOfItselfIsSaidWhateverTheKernelShows() {
    MachineSettings seen =
        new SettingsLook(this::file).look(MemoryProtection.ORDINARY, true, false, true);
    assertEquals("ordinary", seen.get("memory"));
    assertEquals("yes", seen.get("dumpable"));
    assertEquals("none", seen.get("swap"));
    assertEquals("environment", seen.get("debug"));
  }

  @Test
  void thisMachineIsLookedAtWithoutAGuess() {
    MachineSettings seen =
        new Safeguards(new LockedMemory(MemoryProtection.ORDINARY), false).settings();
    assertFalse(seen.get("core").equals(MachineSettings.UNKNOWN), "every kernel shows limits");
    assertEquals(Optional.of(seen), MachineSettings.of(seen.event()));
  }
}
