// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.bundle.Bundle;
import dev.bartizan.updater.fetch.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole command line, as a shell calls it. */
class ReleaseCommandTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2027-05-01T12:00:00Z"), ZoneOffset.UTC);

  @TempDir private Path folder;
  private String out = "";
  private String err = "";

  private int run(String... arguments) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(stdout, true, StandardCharsets.UTF_8),
            new PrintStream(stderr, true, StandardCharsets.UTF_8));
    int exit = ReleaseCommand.commandLine(CLOCK, new SecureRandom(), console).execute(arguments);
    out = stdout.toString(StandardCharsets.UTF_8);
    err = stderr.toString(StandardCharsets.UTF_8);
    return exit;
  }

  private String author() {
    return folder.resolve("author").toString();
  }

  private String file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return Files.writeString(file, content).toString();
  }

  private void init(String... options) {
    assertEquals(
        0,
        run(Stream.concat(Stream.of("init", author()), Stream.of(options)).toArray(String[]::new)),
        err);
  }

  private int release(String version, String... options) throws IOException {
    Stream<String> common =
        Stream.of(
            "model",
            file("model", "weights of " + version),
            "--name",
            "defect",
            "--version",
            version,
            "--dir",
            author(),
            "--untried");
    return run(Stream.concat(common, Stream.of(options)).toArray(String[]::new));
  }

  @Test
  void fromInitToASecondReleaseWithADifference() throws Exception {
    init();
    assertEquals(0, release("1.0.0"), err);
    assertEquals(0, release("1.1.0", "--delta-from", "1.0.0", "--probation", "5", "--json"), err);
    JsonNode released = new ObjectMapper().readTree(out);
    assertEquals("1.1.0", released.at("/version").asText());
    assertEquals("1.0.0", released.at("/deltas/0/from").asText());
    assertEquals(0, released.at("/key_brokers").asInt());
    assertEquals("", err);
    assertEquals(0, run("policy", "--models", "defect,wear", "--dir", author()), err);
    DevicePolicy policy = DevicePolicy.parse(Files.readAllBytes(newest("policy", "device.json")));
    assertEquals(Set.of("defect", "wear"), policy.models());
    assertFalse(policy.serveUnknownBoot(), "what is unknown never passes in silence");
    assertFalse(policy.updatesAlone());
  }

  @Test
  void aBundleAnswersAsTheServerWould() throws Exception {
    init();
    assertEquals(0, release("1.0.0"), err);
    Path repository = folder.resolve("author/repository");
    Path bundle = folder.resolve("stick/defect.bundle");
    Files.createDirectories(bundle.resolveSibling(""));
    String[] command = {
      "bundle", bundle.toString(), "--model", "defect", "--version", "1.0.0", "--dir", author()
    };
    assertEquals(0, run(command), err);
    byte[] first = Files.readAllBytes(bundle);
    try (Bundle answering = Bundle.open(bundle);
        Stream<Path> served = Files.walk(repository)) {
      for (Path file : served.filter(Files::isRegularFile).toList()) {
        String path = repository.relativize(file).toString();
        try (Transport.Response answer = answering.get(path, 0, Transport.TO_THE_END)) {
          assertEquals(Bytes.of(Files.readAllBytes(file)), Bytes.of(answer.body().readAllBytes()));
        }
      }
    }
    assertEquals(0, run(command), err);
    assertEquals(Bytes.of(first), Bytes.of(Files.readAllBytes(bundle)));
    command[5] = "7.7.7";
    assertEquals(1, run(command));
    assertEquals(1, err.lines().count(), err);
    try (Stream<Path> left = Files.list(bundle.resolveSibling(""))) {
      assertEquals(List.of(bundle), left.toList());
    }
  }

  @Test
  void aBundleTakesThePlaceOfNothingThatGoesIntoIt() throws Exception {
    init();
    assertEquals(0, release("1.0.0"), err);
    Path repository = folder.resolve("author/repository");
    List<Path> before;
    try (Stream<Path> served = Files.walk(repository)) {
      before = served.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : before) {
      byte[] content = Files.readAllBytes(file);
      Path linked = Files.createLink(folder.resolve("linked"), file);
      for (Path target : List.of(file, linked)) {
        assertEquals(
            3,
            run(
                "bundle",
                target.toString(),
                "--model",
                "defect",
                "--version",
                "1.0.0",
                "--dir",
                author()),
            target.toString());
        assertTrue(err.contains("is also read"), err);
        assertEquals(1, err.lines().count(), err);
        assertEquals(Bytes.of(content), Bytes.of(Files.readAllBytes(file)));
      }
      Files.delete(linked);
    }
    try (Stream<Path> served = Files.walk(repository)) {
      assertEquals(before, served.filter(Files::isRegularFile).sorted().toList());
    }
  }

  @Test
  void aSecondInitIsRefusedInOneLine() {
    init();
    assertEquals(1, run("init", author()));
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.startsWith("ALREADY_INITIALISED: "), err);
  }

  @Test
  void aVersionThatExistsExitsWithOneAndAMissingModelWithThree() throws Exception {
    init();
    release("1.0.0");
    assertEquals(1, release("1.0.0"));
    assertTrue(err.startsWith("EXISTS: models/defect/1.0.0/release.json"), err);
    String missing = folder.resolve("missing.onnx").toString();
    assertEquals(
        3, run("model", missing, "--name", "defect", "--version", "2.0.0", "--dir", author()));
    assertEquals(missing + ": no such file\n", err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa-p256", "rsa"})
  void rolesSignWithThresholdsAndAlgorithmsOfChoice(String algorithm) throws Exception {
    init("--algorithm", algorithm, "--threshold", "root=1/1,models=2/2,policy=2/3");
    assertEquals(0, release("1.0.0"), err);
    JsonNode metadata =
        new ObjectMapper()
            .readTree(folder.resolve("author/repository/metadata/2.models.json").toFile());
    assertEquals(2, metadata.at("/signatures").size());
    Files.delete(folder.resolve("author/keys/models-2.pem"));
    assertEquals(1, release("1.1.0"));
    assertTrue(err.startsWith("MISSING_KEYS: models: needs 2 keys"), err);
  }

  @Test
  void encryptedRoleKeysSignWithTheirPassphraseOnly() throws Exception {
    String passphrase = file("passphrase", "correct horse\n");
    init("--passphrase-file", passphrase, "--threshold", "root=1/1,models=1/1");
    assertEquals(1, release("1.0.0"));
    assertTrue(err.startsWith("PASSPHRASE: "), err);
    assertEquals(1, release("1.0.0", "--passphrase-file", file("wrong", "battery\n")));
    assertEquals(0, release("1.0.0", "--passphrase-file", passphrase), err);
  }

  @Test
  void softwareIsVouchedForFileByFile() throws Exception {
    init();
    file("dist/bin/bartizan", "#!/bin/sh");
    file("dist/lib/agent.jar", "code");
    file("dist/LICENSE", "not part of what runs");
    String dist = folder.resolve("dist").toString();
    assertEquals(0, run("software", dist, "--version", "0.1.0", "--dir", author()), err);
    String manifest = Files.readString(newest("software/agent/0.1.0", "software.json"));
    assertTrue(manifest.contains("bin/bartizan") && manifest.contains("lib/agent.jar"), manifest);
    assertFalse(manifest.contains("LICENSE"), manifest);
    assertEquals(1, run("software", dist, "--version", "0.1.0", "--dir", author()));
    assertEquals(3, run("software", author(), "--version", "0.2.0", "--dir", author()));
  }

  @Test
  void softwareThatDevicesWouldRefuseIsNotSigned() throws Exception {
    init();
    file("dist/bin/bartizan", "#!/bin/sh");
    file("dist/lib/agent.jar", "code");
    file("dist/lib/native/riscv64/libcode.so", "of a machine that devices are not");
    String dist = folder.resolve("dist").toString();

    assertEquals(1, run("software", dist, "--version", "0.1.0", "--dir", author()));

    assertEquals(
        "BAD_PLACE: lib/native/riscv64/libcode.so: the agent has no files there", err.strip());
    assertFalse(Files.exists(folder.resolve("author/repository/targets/software")));
    Files.delete(folder.resolve("dist/lib/native/riscv64/libcode.so"));
    assertEquals(0, run("software", dist, "--version", "0.1.0", "--dir", author()), err);
  }

  @Test
  void referenceValuesAreOfTheBootAlone() throws Exception {
    init();
    String held = "1".repeat(64);
    String pcrs =
        file(
            "pcrs.json",
            "{\"sha256\":{\"7\":\"%1$s\",\"16\":\"%1$s\",\"23\":\"%1$s\"}}".formatted(held));
    assertEquals(
        0, run("reference", "--profile", "camera", "--pcrs", pcrs, "--dir", author()), err);
    String signed = Files.readString(newest("reference", "camera.json"));
    assertTrue(signed.contains("\"pcrs\":{\"sha256:7\":[\"" + held + "\"]}"), signed);
    // What a machine has for itself is left open by name, or its boot stays unknown.
    String[] open = {"--leave-open", "7", "--dir", author()};
    assertEquals(
        0,
        run(
            Stream.concat(
                    Stream.of("reference", "--profile", "camera", "--pcrs", pcrs), Stream.of(open))
                .toArray(String[]::new)),
        err);
    String opened = Files.readString(newest("reference", "camera.json"));
    assertTrue(opened.contains("\"open\":[7]"), opened);
  }

  @Test
  void approvalsOfBootStatesComeFromFilesAndStayOnRequest() throws Exception {
    init();
    String entry = "{\"pcrs\":[11],\"pkfp\":\"%1$s\",\"pol\":\"%2$s\",\"sig\":\"AAAA\"}";
    String zero = "0".repeat(64);
    for (String policy : List.of("1".repeat(64), "2".repeat(64))) {
      String approvals = "{\"sha256\":[" + entry.formatted(zero, policy) + "]}";
      String signed = file("tpm2-pcr-signature.json", approvals);
      assertEquals(0, approve("--file", signed, "--also", "--out", file("out.json", "")), err);
    }
    String published = Files.readString(folder.resolve("out.json"));
    assertTrue(published.contains("1".repeat(64)) && published.contains("2".repeat(64)), published);
    assertEquals(published, Files.readString(newest("reference/approvals", "camera.json")));
    assertTrue(err.contains("2 boot states"), err);
    String bad = file("bad.json", "{\"sha256\":[{}]}");
    assertEquals(1, approve("--file", bad));
    assertTrue(err.contains("bad.json"), err);
    assertEquals(2, approve());
    assertTrue(err.contains("nothing to approve"), err);
  }

  private int approve(String... options) {
    Stream<String> command = Stream.of("approvals", "--profile", "camera");
    Stream<String> where = Stream.of("--dir", author());
    return run(
        Stream.concat(Stream.concat(command, Stream.of(options)), where).toArray(String[]::new));
  }

  @Test
  void aSuiteNamesWhatIsSignedAndItsBundleHoldsAllOfIt() throws Exception {
    init();
    assertEquals(0, release("1.0.0"), err);
    file("dist/bin/bartizan", "#!/bin/sh");
    file("dist/lib/agent.jar", "classes");
    String dist = folder.resolve("dist").toString();
    String[] software = {"software", dist, "--version", "0.2.0", "--deliver", "--dir", author()};
    assertEquals(0, run(software), err);
    String thresholds = file("thresholds.json", "{\"threshold\":0.5}");

    assertEquals(1, suite("defect=9.9.9", thresholds));
    assertTrue(err.contains("models/defect/9.9.9/release.json"), err);
    assertEquals(1, suite("../defect=1.0.0", thresholds));
    assertEquals(1, suite("defect=1.0.0", file("list.json", "[]")));
    assertTrue(err.contains("list.json"), err);
    assertEquals(0, suite("defect=1.0.0", thresholds), err);
    assertEquals(1, suite("defect=1.0.0", thresholds));

    SuiteManifest signed =
        SuiteManifest.parse(Files.readAllBytes(newest("models/line3/1.0.0", "suite.json")));
    assertEquals(0.5, signed.configuration().path("threshold").asDouble());
    assertEquals(Set.of("defect", "software/agent"), signed.members().keySet());
    Path bundle = folder.resolve("line3.bundle");
    String[] command = {
      "bundle", bundle.toString(), "--suite", "line3", "--version", "1.0.0", "--dir", author()
    };
    assertEquals(0, run(command), err);
    Path repository = folder.resolve("author/repository");
    try (Bundle answering = Bundle.open(bundle);
        Stream<Path> files = Files.walk(repository)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = repository.relativize(file).toString();
        try (Transport.Response answer = answering.get(path, 0, Transport.TO_THE_END)) {
          assertEquals(Bytes.of(Files.readAllBytes(file)), Bytes.of(answer.body().readAllBytes()));
        }
      }
    }
  }

  private int suite(String member, String configuration) {
    return run(
        "suite",
        "line3",
        "--version",
        "1.0.0",
        "--member",
        member,
        "--member",
        "software/agent=0.2.0",
        "--configuration",
        configuration,
        "--dir",
        author());
  }

  @Test
  void refreshSignsAnotherTerm() {
    init();
    assertEquals(0, run("refresh", "--dir", author()), err);
    assertEquals(0, run("refresh", "--role", "models", "--dir", author()), err);
    assertTrue(Files.exists(folder.resolve("author/repository/metadata/2.models.json")));
    assertEquals(1, run("refresh", "--role", "nobody", "--dir", author()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "init",
        "init x --threshold root=4/3",
        "init x --threshold nobody=1/1",
        "init x --algorithm md5",
        "fleet",
        "model x --name Defect --version 1",
        "model x --name defect --version 1.0 --golden g --rtol 7",
        "suite line3 --version 1.0.0",
        "bundle x --version 1.0.0 --model a --suite b",
        "reference --profile p",
        "reference --profile p --pcrs x --document y"
      })
  void aWrongCommandLineIsAnsweredInOneLineWithTwo(String line) {
    int exit =
        run(Stream.of(line.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new));
    assertEquals(2, exit, err);
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.contains("--help"), err);
    assertEquals("", out);
  }

  @Test
  void everyCommandHasHelp() {
    Console nowhere = new Console(System.out, System.err);
    CommandLine root = ReleaseCommand.commandLine(CLOCK, new SecureRandom(), nowhere);
    for (List<String> command : commands(root, List.of())) {
      String[] words = Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new);
      assertEquals(0, run(words), command + err);
      assertTrue(out.contains("Usage: bartizan-release"), out);
    }
  }

  @Test
  void whereThereIsNoAuthorsDirectoryNothingIsMade() throws Exception {
    assertEquals(3, release("1.0.0"));
    assertEquals(author() + "/author.json: no such file\n", err);
    assertFalse(Files.exists(Path.of(author())));
  }

  @Test
  void stackTracesAreForThoseWhoAsk() {
    assertEquals(3, run("refresh", "--dir", author()));
    assertFalse(err.contains("\tat "), err);
    assertEquals(3, run("--debug", "refresh", "--dir", author()));
    assertTrue(err.contains("\tat "), err);
  }

  private static List<List<String>> commands(CommandLine line, List<String> before) {
    Stream<List<String>> own = Stream.of(before);
    Stream<List<String>> below =
        line.getSubcommands().entrySet().stream()
            .flatMap(
                entry ->
                    commands(
                        entry.getValue(),
                        Stream.concat(before.stream(), Stream.of(entry.getKey())).toList())
                        .stream());
    return Stream.concat(own, below).toList();
  }

  /** The served target whose name ends in {@code name} and that was written last. */
  private Path newest(String below, String name) throws IOException {
    try (Stream<Path> files =
        Files.list(folder.resolve("author/repository/targets").resolve(below))) {
      return files
          .filter(file -> file.toString().endsWith("." + name))
          .max(java.util.Comparator.comparing(file -> file.toFile().lastModified()))
          .orElseThrow();
    }
  }
}
