// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import dev.bartizan.protocol.evidence.MachineSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The settings of this machine and process that a verifier may want to judge, as names and values.
 * What cannot be read is unknown.
 */
final class SettingsLook {
  private static final Path PROC = Path.of("/proc");
  private static final String NO = "no";
  private static final String YES = "yes";
  private static final String NONE = "none";

  /** What gives whoever is at the console a shell, or is read as such by an init. */
  private static final List<String> SHELLS =
      List.of("systemd.debug-shell", "systemd.debug_shell", "rd.break", "rd.shell", "single");

  /** Options by which a JVM loads foreign code, or lets a debugger in. */
  private static final List<String> DEBUGGERS =
      List.of("-agentlib:", "-agentpath:", "-javaagent:", "-Xrunjdwp", "-Xdebug");

  private final Function<Path, Optional<String>> kernel;

  /**
   * @param kernel what is in a file of the kernel's, where it shows it
   */
  SettingsLook(Function<Path, Optional<String>> kernel) {
    this.kernel = kernel;
  }

  /**
   * Looks now.
   *
   * @param memory how secrets are kept
   * @param isDumpable whether others of the same user may trace the process
   * @param swapsHere whether this service may use swap at all
   * @param hasOptions whether the environment gives the JVM options
   */
  MachineSettings look(
      MemoryProtection memory, boolean isDumpable, boolean swapsHere, boolean hasOptions) {
    Map<String, String> values = new TreeMap<>();
    values.put("memory", memory.text());
    values.put("dumpable", isDumpable ? YES : NO);
    values.put("swap", swapsHere ? swap() : NONE);
    values.put("core", core());
    values.put("core-pattern", corePattern());
    values.put("ptrace", number(read("sys/kernel/yama/ptrace_scope")));
    values.put("attach", attach());
    values.put("debug", debug(hasOptions));
    values.put("lockdown", lockdown());
    values.put("boot-shell", bootShell());
    return new MachineSettings(values);
  }

  private String swap() {
    return read("swaps")
        .map(text -> text.lines().toList())
        .map(lines -> swap(SwapSpace.parse(lines)))
        .orElse(MachineSettings.UNKNOWN);
  }

  /** A device mapper's volume tells what it is made of. */
  private String swap(SwapSpace space) {
    if (space.disks().isEmpty()) {
      return space.zrams() == 0 ? NONE : "zram";
    }
    return space.disks().stream().allMatch(this::isEncrypted) ? "encrypted" : "plain";
  }

  private boolean isEncrypted(String disk) {
    Path name = Path.of(disk).getFileName();
    return name != null
        && kernel
            .apply(Path.of("/sys/block").resolve(name).resolve("dm/uuid"))
            .filter(uuid -> uuid.startsWith("CRYPT-"))
            .isPresent();
  }

  private String core() {
    return read("self/limits").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("Max core file size"))
        .map(line -> line.substring("Max core file size".length()).strip().split("\\s+")[0])
        .findFirst()
        .filter(limit -> limit.equals("unlimited") || limit.matches("[0-9]{1,20}"))
        .orElse(MachineSettings.UNKNOWN);
  }

  /** Through a pipe a core goes to a program whatever the limit is. */
  private String corePattern() {
    return read("sys/kernel/core_pattern")
        .map(String::strip)
        .map(pattern -> pattern.isEmpty() ? NONE : pattern.startsWith("|") ? "pipe" : "file")
        .orElse(MachineSettings.UNKNOWN);
  }

  private String attach() {
    return read("self/cmdline")
        .map(command -> command.contains("-XX:+DisableAttachMechanism") ? "off" : "on")
        .orElse(MachineSettings.UNKNOWN);
  }

  private String debug(boolean hasOptions) {
    if (hasOptions) {
      return "environment";
    }
    return read("self/cmdline")
        .map(command -> DEBUGGERS.stream().anyMatch(command::contains) ? "agent" : NONE)
        .orElse(MachineSettings.UNKNOWN);
  }

  /** The one in brackets is in force: {@code none [integrity] confidentiality}. */
  private String lockdown() {
    return kernel
        .apply(Path.of("/sys/kernel/security/lockdown"))
        .map(text -> text.replaceFirst("(?s).*\\[([a-z]{1,20})\\].*", "$1"))
        .filter(mode -> mode.matches("[a-z]{1,20}"))
        .orElse(MachineSettings.UNKNOWN);
  }

  private String bootShell() {
    return read("cmdline")
        .map(line -> Arrays.stream(line.strip().split("\\s+")).anyMatch(SettingsLook::isShell))
        .map(found -> found ? YES : NO)
        .orElse(MachineSettings.UNKNOWN);
  }

  private static boolean isShell(String word) {
    return SHELLS.stream().anyMatch(shell -> word.equals(shell) || word.startsWith(shell + "="))
        || word.matches("(rd)?init=.*sh");
  }

  private static String number(Optional<String> text) {
    return text.map(String::strip)
        .filter(it -> it.matches("[0-9]{1,9}"))
        .orElse(MachineSettings.UNKNOWN);
  }

  private Optional<String> read(String file) {
    return kernel.apply(PROC.resolve(file));
  }
}
