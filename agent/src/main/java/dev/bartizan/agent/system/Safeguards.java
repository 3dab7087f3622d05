// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.protocol.evidence.MachineSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks at what keeps this process's memory from others. */
@TouchesTheWorld("the kernel's own words about this process")
public final class Safeguards {
  private static final Path PROC = Path.of("/proc/self");
  private static final Path PTRACE_SCOPE = Path.of("/proc/sys/kernel/yama/ptrace_scope");
  private static final Path SWAPS = Path.of("/proc/swaps");
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final String NO_ATTACHING = "-XX:+DisableAttachMechanism";
  private static final String NO_HEAP_DUMP = "-XX:-HeapDumpOnOutOfMemoryError";

  /** Whoever sets one of these loads code into the process. */
  private static final List<String> JVM_OPTIONS =
      List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS");

  private final LockedMemory memory;
  private final boolean refusesSwap;

  /**
   * @param refusesSwap whether models are to be opened only where memory cannot go to a disk
   */
  public Safeguards(LockedMemory memory, boolean refusesSwap) {
    this.memory = memory;
    this.refusesSwap = refusesSwap;
  }

  /** Looks at everything now. */
  public List<Safeguard> examine() {
    return List.of(
        Safeguard.of(
            "secrets",
            memory.protection() != MemoryProtection.ORDINARY,
            "memory is " + memory.describe()),
        swap(),
        coreDumps(),
        tracing(),
        attaching(),
        environment(),
        ptraceScope());
  }

  /** The same as names and values, for whoever judges from afar. */
  public MachineSettings settings() {
    boolean swapsHere = cgroup("memory.swap.max").filter("0"::equals).isEmpty();
    boolean hasOptions = JVM_OPTIONS.stream().anyMatch(it -> System.getenv(it) != null);
    return new SettingsLook(Safeguards::text)
        .look(memory.protection(), memory.isDumpable(), swapsHere, hasOptions);
  }

  /**
   * What must hold before a model is opened; asked each time, since swap can be turned on at any.
   *
   * @throws UnsafeMemory when the configuration refuses swap and there is some, or nobody knows
   */
  public void requireForModels() throws UnsafeMemory {
    Safeguard swap = swap();
    if (refusesSwap && swap.verdict() != Verdict.GOOD) {
      throw new UnsafeMemory("memory.swap is \"refuse\", and swap " + swap.found());
    }
  }

  /** Whether a safeguard is one that the configuration insists on. */
  public boolean insistsOn(Safeguard safeguard) {
    return refusesSwap && safeguard.name().equals("swap");
  }

  private static Safeguard swap() {
    if (cgroup("memory.swap.max").filter("0"::equals).isPresent()) {
      return Safeguard.of("swap", true, "none for this service (MemorySwapMax=0)");
    }
    return lines(SWAPS)
        .map(lines -> SwapSpace.parse(lines).safeguard())
        .orElseGet(SwapSpace::unlisted);
  }

  private static Safeguard coreDumps() {
    Optional<String> limit =
        lines(PROC.resolve("limits")).stream()
            .flatMap(List::stream)
            .filter(line -> line.startsWith("Max core file size"))
            .map(line -> line.substring("Max core file size".length()).strip().split("\\s+")[0])
            .findFirst();
    return limit
        .map(it -> Safeguard.of("core-dumps", it.equals("0"), "limit " + it))
        .orElse(Safeguard.unknown("core-dumps", "the limit cannot be read"));
  }

  private Safeguard tracing() {
    boolean dumpable = memory.isDumpable();
    return Safeguard.of(
        "tracing", !dumpable, dumpable ? "allowed to the same user" : "not dumpable");
  }

  private static Safeguard attaching() {
    String command = text(PROC.resolve("cmdline")).orElse("");
    boolean off = command.contains(NO_ATTACHING) && command.contains(NO_HEAP_DUMP);
    return Safeguard.of(
        "attaching", off, off ? "off, and no heap dumps" : "allowed: not started by bin/bartizan");
  }

  private static Safeguard environment() {
    List<String> set = JVM_OPTIONS.stream().filter(it -> System.getenv(it) != null).toList();
    return Safeguard.of(
        "environment",
        set.isEmpty(),
        set.isEmpty() ? "sets no option of the JVM" : "sets " + String.join(", ", set));
  }

  private static Safeguard ptraceScope() {
    return text(PTRACE_SCOPE)
        .map(String::strip)
        .map(scope -> Safeguard.of("ptrace-scope", !scope.equals("0"), "yama " + scope))
        .orElse(Safeguard.unknown("ptrace-scope", "this process sees no yama"));
  }

  /** A file of this process's control group, version 2. */
  private static Optional<String> cgroup(String file) {
    return lines(PROC.resolve("cgroup")).stream()
        .flatMap(List::stream)
        .filter(line -> line.startsWith("0::/"))
        .map(line -> CGROUPS.resolve(line.substring("0::/".length())).resolve(file))
        .findFirst()
        .flatMap(Safeguards::text)
        .map(String::strip);
  }

  private static Optional<List<String>> lines(Path file) {
    return text(file).map(text -> text.lines().toList());
  }

  /** Files of the kernel's, which are short; none where it shows none. */
  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException notShown) {
      return Optional.empty();
    }
  }
}
