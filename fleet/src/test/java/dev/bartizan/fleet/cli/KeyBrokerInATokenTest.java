// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.keystore.SoftHsm;
import dev.bartizan.crypto.keystore.TokenPlace;
import dev.bartizan.crypto.tpm.ChipMaker;
import dev.bartizan.fleet.credential.BrokerToken;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RepositorySimulator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose key broker has its key in a token, or in a file, as a shell calls it. */
class KeyBrokerInATokenTest {
  private static final Instant FOUNDED = Instant.parse("2027-05-01T12:00:00Z");
  private static final int REFUSED = 1;
  private static final int WRONG = 2;
  private static final int NOT_NOW = 3;

  private static SoftHsm token;
  private static int fleets;

  @TempDir private Path folder;
  private String dir = "";
  private String root = "";
  private String pin = "";
  private String label = "";
  private String out = "";
  private String err = "";

  @BeforeAll
  static void manufacture() throws IOException {
    token = SoftHsm.token();
  }

  @BeforeEach
  void anotherFleet() throws IOException {
    dir = folder.resolve("fleet").toString();
    root =
        Files.write(folder.resolve("root.json"), new RepositorySimulator().rootFile(1)).toString();
    pin = secret("pin", SoftHsm.PIN);
    label = "fleet" + fleets++;
  }

  private String secret(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"))
        .toString();
  }

  private int run(String... arguments) {
    return runAt(FOUNDED, arguments);
  }

  private int runAt(Instant now, String... arguments) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(stdout, true, StandardCharsets.UTF_8),
            new PrintStream(stderr, true, StandardCharsets.UTF_8));
    int exit =
        FleetCommand.commandLine(Clock.fixed(now, ZoneOffset.UTC), new SecureRandom(), console)
            .execute(arguments);
    out = stdout.toString(StandardCharsets.UTF_8);
    err = stderr.toString(StandardCharsets.UTF_8);
    return exit;
  }

  private int init(String... more) {
    return run(
        Stream.concat(Stream.of("init", dir, "--root", root), Stream.of(more))
            .toArray(String[]::new));
  }

  /** Without a chip maker no server is in order. */
  private void believeAMaker() throws IOException {
    Path maker =
        Files.write(
            folder.resolve("maker.der"),
            ChipMaker.der(ChipMaker.root("O=Chips,CN=Maker").certificate()).toArray());
    assertEquals(0, run("device", "authorities", "add", maker.toString(), "--dir", dir), err);
  }

  private int initIn(SoftHsm in, String pinFile) {
    List<String> arguments =
        new ArrayList<>(List.of("--token-module", SoftHsm.MODULE.toString(), "--token-slot"));
    arguments.addAll(List.of(String.valueOf(in.slot()), "--token-pin-file", pinFile));
    arguments.addAll(List.of("--token-key-label", label, "--token-keys", "broker"));
    return init(arguments.toArray(String[]::new));
  }

  private int serve() {
    return run("serve", dir, "--listen", "127.0.0.1:0");
  }

  private void assertOneLine(String of) {
    assertTrue(err.contains(of), err);
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void itsKeyIsMadeInTheTokenAndDoctorUsesItThere() throws Exception {
    assertEquals(0, initIn(token, pin), err);
    assertTrue(err.contains("key " + label + "-key-broker in the token at " + SoftHsm.MODULE), err);
    assertFalse(Files.exists(Path.of(dir, "key-broker/key-broker.key")));
    believeAMaker();
    assertEquals(0, run("doctor", "--dir", dir), out + err);
    assertTrue(out.contains("ok    key broker: the key broker's key is key " + label), out);
    for (String file : new String[] {"token.json", "key-broker.pem"}) {
      assertFalse(Files.readString(Path.of(dir, "key-broker", file)).contains(SoftHsm.PIN), file);
    }
  }

  @Test
  void byDefaultItIsAFileAndInitAndDoctorSayWhatAThiefOfItReads() throws Exception {
    assertEquals(0, init(), err);
    String warning = "a thief of it and of vault/ reads every model";
    assertTrue(err.contains(warning), err);
    assertEquals(REFUSED, run("doctor", "--dir", dir));
    assertTrue(out.contains("bad   chip makers"), out);
    believeAMaker();
    assertEquals(0, run("doctor", "--dir", dir), out + err);
    assertTrue(out.contains("note  key broker: the key broker's key is a file"), out);
    assertTrue(out.contains(warning), out);
    assertEquals(0, run("doctor", "--dir", dir, "--json"), err);
    assertTrue(
        out.replaceAll("\\s", "").contains("\"of\":\"keybroker\",\"verdict\":\"note\""), out);
  }

  @Test
  void aWrongPinFoundsNothing() throws Exception {
    SoftHsm fresh = SoftHsm.token();
    assertEquals(REFUSED, initIn(fresh, secret("wrong", "1111")));
    assertOneLine("does not take this PIN");
    assertFalse(err.contains("1111"), err);
    assertFalse(Files.exists(Path.of(dir, "fleet.json")), "nobody was here");
    assertEquals(0, initIn(fresh, pin), err);
  }

  @Test
  void aTokenThatIsTakenOutKeepsTheServerFromStartingUntilItIsBack() throws Exception {
    SoftHsm gone = SoftHsm.token();
    assertEquals(0, initIn(gone, pin), err);
    gone.remove();
    assertEquals(NOT_NOW, serve());
    assertOneLine("the token at " + gone.module() + " does not answer");
    assertEquals(REFUSED, run("doctor", "--dir", dir));
    assertTrue(out.contains("bad   key broker: the key broker's key: the token at"), out);
  }

  @Test
  void aServerWithAWrongPinEndsAtItsFirstTry() throws Exception {
    assertEquals(0, init(), err);
    Path wrong = Path.of(secret("wrong", "1111"));
    new BrokerToken(new TokenPlace(SoftHsm.token().module(), label), wrong)
        .store(new SharedDirectory(Path.of(dir)));
    assertEquals(REFUSED, serve());
    assertOneLine("does not take this PIN");
  }

  @Test
  void aServerWithAnotherToken() throws Exception {
    assertEquals(0, initIn(token, pin), err);
    new BrokerToken(new TokenPlace(SoftHsm.token().module(), label), Path.of(pin))
        .store(new SharedDirectory(Path.of(dir)));
    assertEquals(REFUSED, serve());
    assertOneLine("holds no key " + label + "-key-broker");
  }

  @Test
  void aKeyOfThatNameThatIsThereAlreadyIsLeftAlone() throws Exception {
    assertEquals(0, initIn(token, pin), err);
    String first = dir;
    dir = folder.resolve("second").toString();
    assertEquals(REFUSED, initIn(token, pin));
    assertOneLine("has a key " + label + "-key-broker already");
    assertFalse(Files.exists(Path.of(dir, "fleet.json")), "nobody was here");
    dir = first;
    believeAMaker();
    assertEquals(0, run("doctor", "--dir", first), out + err);
  }

  @Test
  void halfATokenIsAWrongCommandLine() throws Exception {
    assertEquals(WRONG, init("--token-keys", "broker"));
    assertTrue(err.contains("want --token-module"), err);
    String module = SoftHsm.MODULE.toString();
    assertEquals(WRONG, init("--token-module", module, "--token-pin-file", pin));
    assertTrue(err.contains("wants --token-slot"), err);
    assertEquals(WRONG, init("--token-module", module, "--token-slot", "0"));
    assertTrue(err.contains("wants --token-pin-file"), err);
    assertEquals(
        WRONG, init("--token-module", module, "--token-slot", "0", "--token-keys", "command"));
    assertFalse(Files.exists(Path.of(dir)), "nobody was here");
  }

  @Test
  void aPinInTheDirectoryThatItGuardsIsAWrongCommandLine() throws Exception {
    Files.createDirectories(Path.of(dir));
    assertEquals(WRONG, initIn(token, secret("fleet/pin", SoftHsm.PIN)));
    assertTrue(err.contains("keep the PIN elsewhere"), err);
  }

  @Test
  void doctorSaysWhichCertificateEnds() throws Exception {
    assertEquals(0, init(), err);
    believeAMaker();
    assertEquals(0, runAt(Instant.parse("2027-07-25T00:00:00Z"), "doctor", "--dir", dir), out);
    assertTrue(out.contains("note  server certificate: server/server.pem is good until"), out);
    assertEquals(
        REFUSED, runAt(Instant.parse("2027-08-01T00:00:00Z"), "doctor", "--dir", dir), out);
    assertTrue(out.contains("bad   server certificate: server/server.pem expired at"), out);
  }
}
