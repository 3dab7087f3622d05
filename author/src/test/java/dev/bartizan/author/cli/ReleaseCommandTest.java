// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.release.DevicePolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole command line, as a shell calls it. */
class ReleaseCommandTest extends AuthorsCommands {
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
}
