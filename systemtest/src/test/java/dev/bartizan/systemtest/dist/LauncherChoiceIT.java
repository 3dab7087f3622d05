// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher's scripts start, whatever lies in the state directory, in three shells. */
@SuppressWarnings("StringConcatToTextBlock") // escapes and lines are what is looked at
final class LauncherChoiceIT {
  private static final Path SCRIPTS =
      Path.of(System.getProperty("bartizan.source", "..")).resolve("agent/src/dist");
  private static final String INSTALLED = "0 installed";
  private static final int MUTATIONS = 100;

  private static final Pattern RECORD =
      Pattern.compile(
          "bartizan-launch 1\nslot (base|a|b)\nbefore (base|a|b)\nstate (trial|kept)\n"
              + "tries (0|[1-9][0-9]{0,5})\nseconds (0|[1-9][0-9]{0,5})\n"
              + "fallen (none|a|b)\nend\n");

  @TempDir Path directory;

  @BeforeEach
  void install() throws IOException {
    copy("lib/versions.sh");
    // Stands for the JVM: it is the check of a slot, which ends as it is told, or the daemon.
    write(
        "home/lib/launch.sh",
        "launch() { case $* in *check-slot*) exit \"$VERDICT\" ;; *) echo installed; exit 0 ;; esac; }");
    for (String slot : List.of("a", "b")) {
      write("state/software/" + slot + "/bin/bartizan", "echo " + slot);
      write("state/software/" + slot + "/release", "0".repeat(64));
    }
    // A guard's patience must not outlive the test, and no test waits for a disk.
    Files.createDirectories(directory.resolve("tools"));
    for (String tool : List.of("sleep", "sync")) {
      Files.createSymbolicLink(directory.resolve("tools").resolve(tool), Path.of("/bin/true"));
    }
    write(
        "all.sh",
        // As the launcher does, without a new process for each record.
        "launcher='home=home; . ./home/lib/launch.sh; . ./home/lib/versions.sh\n"
            + "become_version \"$@\"; launch device Main \"$@\"'\n"
            + "for record in \"$1\"/*; do\n"
            + "  mv -fT \"$record\" state/software/launch 2>/dev/null ||\n"
            + "    { rm -rf state/software/launch; mv -T \"$record\" state/software/launch; }\n"
            + "  said=$(set -- run; set -eu; eval \"$launcher\" 2>/dev/null </dev/null)\n"
            + "  echo \"${record##*/} $? $said\"\n"
            + "done\n");
    Files.createDirectories(directory.resolve("records"));
  }

  // Denial of service: a record whose number no shell can count ended each start with 2, for good.
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox sh"})
  void noRecordKeepsTheInstalledVersionFromRunning(String shell) throws Exception {
    List<String> records = hostileRecords();
    for (int seed = 0; seed < MUTATIONS; seed++) {
      records.add(mutated(new SplittableRandom(seed)));
    }
    List<String> found = outcomes(shell, records, 0);
    for (int i = 0; i < records.size(); i++) {
      if (RECORD.matcher(records.get(i)).matches()) {
        assertTrue(found.get(i).matches("0 (installed|a|b)"), records.get(i) + found.get(i));
      } else {
        assertEquals(INSTALLED, found.get(i), "record " + i + ":\n" + records.get(i));
      }
    }
  }

  // Denial of service: something else than a file where the launcher reads and writes.
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox sh"})
  void nothingThatIsNoFileKeepsTheInstalledVersionFromRunning(String shell) throws Exception {
    Path records = directory.resolve("records");
    Files.createDirectory(records.resolve("0000"));
    Files.createSymbolicLink(records.resolve("0001"), Path.of("/dev/zero"));
    Files.createSymbolicLink(records.resolve("0002"), Path.of("nowhere"));
    Shell.run(records, "mkfifo", "0003").succeeded();
    Shell.run(records, "truncate", "-s", "1T", "0004").succeeded();
    Files.createSymbolicLink(records.resolve("0005"), write("elsewhere", record("a", "kept", "0")));
    assertEquals(List.of(INSTALLED), run(shell, 0).stream().distinct().toList());
  }

  // Foreign code: nothing of a slot runs that the installed version did not find as signed.
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox sh"})
  void whatWasNotFoundToBeSignedIsNotStarted(String shell) throws Exception {
    List<String> records = List.of(record("a", "kept", "0"), record("b", "trial", "1"));
    assertEquals(List.of("0 a", "0 b"), outcomes(shell, records, 0));
    for (int trouble : new int[] {1, 2, 3, 134, 137}) {
      assertEquals(List.of(INSTALLED, INSTALLED), outcomes(shell, records, trouble));
      assertTrue(launch().contains("slot b"), "nobody knows: the next start asks again");
    }
    assertEquals(List.of(INSTALLED, INSTALLED), outcomes(shell, records, 10));
    assertTrue(launch().contains("slot base") && launch().contains("fallen b"), launch());
  }

  // Attack: omission; whoever takes the mark away would have a version given up in silence.
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox sh"})
  void aVersionWithoutItsMarkIsForTheInstalledOneToRefuseAndToTell(String shell) throws Exception {
    List<String> records = List.of(record("a", "kept", "0"));
    Files.delete(directory.resolve("state/software/a/release"));
    assertEquals(List.of(INSTALLED), outcomes(shell, records, 3));
    assertTrue(launch().contains("slot a"), "nobody has said yet why not: " + launch());
    assertEquals(List.of(INSTALLED), outcomes(shell, records, 10));
    assertTrue(launch().contains("fallen a"), launch());
  }

  // Denial of service: a shell ends with 2 in a script that it cannot read, as if for good.
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox sh"})
  void aVersionThatNoShellCanReadIsNotStarted(String shell) throws Exception {
    write("state/software/a/bin/bartizan", "if then");
    assertEquals(List.of(INSTALLED), outcomes(shell, List.of(record("a", "trial", "0")), 0));
    assertTrue(launch().contains("fallen a"), launch());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox sh"})
  void whatCannotBeCountedIsNotTried(String shell) throws Exception {
    // A pipe with the name of the new record would keep the launcher waiting for a reader.
    Shell.run(directory.resolve("state/software"), "mkfifo", "launch.new").succeeded();
    assertEquals(List.of("0 a"), outcomes(shell, List.of(record("a", "trial", "0")), 0));
    assertTrue(launch().contains("tries 1"), launch());
  }

  private static List<String> hostileRecords() {
    List<String> records = new ArrayList<>();
    for (String number :
        List.of("99999999999999999999", "08", "-1", "1+1", "a", "", "$(id)", "1 2", "0x10", "٣")) {
      records.add(record("a", "trial", number));
      records.add(record("a", "kept", "0").replace("seconds 60", "seconds " + number));
    }
    for (String slot : List.of("../a", "a/../b", "*", "c", "", "a b", "`id`", "/tmp")) {
      records.add(record(slot, "kept", "0"));
    }
    String honest = record("a", "kept", "0");
    records.addAll(
        List.of(
            "",
            "\n",
            "\0",
            honest + "\n",
            honest + "x",
            honest + "\0",
            honest.replace("slot a", "slot\ta"),
            honest.replace("slot a", "slot a "),
            honest.replace("slot a", "slot a\0"),
            honest.replace("end\n", "end"),
            honest.replace("\n", "\r\n"),
            honest + honest,
            "x".repeat(100_000)));
    return records;
  }

  private static String record(String slot, String state, String tries) {
    return String.join(
        "\n",
        "bartizan-launch 1",
        "slot " + slot,
        "before base",
        "state " + state,
        "tries " + tries,
        "seconds 60",
        "fallen none",
        "end",
        "");
  }

  private static String mutated(SplittableRandom random) {
    StringBuilder text =
        new StringBuilder(record("a", random.nextBoolean() ? "trial" : "kept", "1"));
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.insert(at, (char) random.nextInt(256));
        case 2 -> text.delete(at, end);
        default -> text.insert(at, text.substring(at, end));
      }
    }
    return text.toString();
  }

  private List<String> outcomes(String shell, List<String> records, int verdict) throws Exception {
    for (int i = 0; i < records.size(); i++) {
      byte[] content = records.get(i).getBytes(ISO_8859_1);
      Files.write(directory.resolve("records").resolve(String.format("%04d", i)), content);
    }
    return run(shell, verdict);
  }

  /** How the launcher ended for each record, in their order: its exit code and what was started. */
  private List<String> run(String shell, int verdict) throws Exception {
    Map<String, String> environment =
        Map.of(
            "STATE_DIRECTORY", directory.resolve("state").toString(),
            "PATH", directory.resolve("tools") + ":/usr/sbin:/usr/bin:/sbin:/bin",
            "VERDICT", String.valueOf(verdict));
    Path out = directory.resolve("out");
    List<String> command = new ArrayList<>(List.of(shell.split(" ")));
    command.addAll(List.of("all.sh", "records"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(directory.toFile()).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("hangs after " + Files.readString(out, ISO_8859_1));
    }
    return Files.readAllLines(out, ISO_8859_1).stream().map(line -> line.substring(5)).toList();
  }

  private String launch() throws IOException {
    return Files.readString(directory.resolve("state/software/launch"));
  }

  private void copy(String file) throws IOException {
    write("home/" + file, Files.readString(SCRIPTS.resolve(file)));
  }

  private Path write(String file, String content) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, content);
  }
}
