// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.keystore.SoftHsm;
import dev.bartizan.protocol.cli.Console;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An author whose role keys are in a token, as a shell calls it. */
class RoleKeysInATokenTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2027-05-01T12:00:00Z"), ZoneOffset.UTC);

  private static SoftHsm token;
  private static int authors;

  @TempDir private Path folder;
  private String label = "";
  private String pin = "";
  private String err = "";

  @BeforeAll
  static void manufacture() throws IOException {
    token = SoftHsm.token();
  }

  @BeforeEach
  void anotherAuthor() throws IOException {
    label = "author" + authors++;
    pin = secret("pin", SoftHsm.PIN);
  }

  private String secret(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"))
        .toString();
  }

  private int run(String... arguments) {
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(stderr, true, StandardCharsets.UTF_8));
    int exit = ReleaseCommand.commandLine(CLOCK, new SecureRandom(), console).execute(arguments);
    err = stderr.toString(StandardCharsets.UTF_8);
    return exit;
  }

  private String author() {
    return folder.resolve("author").toString();
  }

  private int init(SoftHsm in, String pinFile, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("init", author(), "--token-module", SoftHsm.MODULE.toString()));
    arguments.addAll(List.of("--token-slot", String.valueOf(in.slot())));
    arguments.addAll(List.of("--token-key-label", label, "--token-pin-file", pinFile));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private int release(String version, String... more) throws IOException {
    String model = Files.writeString(folder.resolve("model"), "weights of " + version).toString();
    return run(
        Stream.concat(
                Stream.of("model", model, "--name", "defect", "--version", version, "--untried"),
                Stream.concat(Stream.of("--dir", author()), Stream.of(more)))
            .toArray(String[]::new));
  }

  private int refresh(String... more) {
    return run(
        Stream.concat(Stream.of("refresh", "--dir", author()), Stream.of(more))
            .toArray(String[]::new));
  }

  private List<Path> published() throws IOException {
    return files(folder.resolve("author/repository/metadata"));
  }

  private List<Path> keyFiles() throws IOException {
    return files(folder.resolve("author/keys"));
  }

  private static List<Path> files(Path in) throws IOException {
    try (Stream<Path> files = Files.walk(in)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void assertNothingPrivateIsHere() throws IOException {
    for (Path file : files(folder.resolve("author"))) {
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertFalse(content.contains("PRIVATE"), file + " holds a private key");
      assertFalse(content.contains(SoftHsm.PIN + "\n"), file + " holds the PIN");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ecdsa-p256", "ecdsa-p384"})
  void fromInitToARefreshNoPrivateKeyIsInTheDirectory(String algorithm) throws Exception {
    assertEquals(0, init(token, pin, "--token-algorithm", algorithm), err);
    assertTrue(err.contains("every command that signs with one needs it"), err);
    assertNothingPrivateIsHere();
    assertEquals(0, release("1.0.0", "--token-pin-file", pin), err);
    assertEquals(0, refresh("--token-pin-file", pin), err);
    assertNothingPrivateIsHere();
    // Root and models 3 each, the six others one each, and where the token is.
    assertEquals(13, keyFiles().size(), keyFiles().toString());
  }

  @Test
  void anRsaKeyInATokenSignsWhatDevicesAccept() throws Exception {
    String[] few = {"--token-algorithm", "rsa", "--token-keys", "timestamp=1"};
    assertEquals(0, init(token, pin, few), err);
    assertEquals(0, refresh("--token-pin-file", pin), err);
  }

  @Test
  void aThresholdIsMetByATokenAndAFileTogether() throws Exception {
    assertEquals(0, init(token, pin, "--token-keys", "models=1,targets=1"), err);
    Path keys = folder.resolve("author/keys");
    assertTrue(Files.exists(keys.resolve("models-1.pub")));
    assertTrue(Files.exists(keys.resolve("models-2.pem")));
    // Two of three: the token's and one file's.
    Files.delete(keys.resolve("models-3.pem"));
    assertEquals(0, release("1.0.0", "--token-pin-file", pin), err);
    // One of the files is lost too: the token alone is not enough.
    Files.delete(keys.resolve("models-2.pem"));
    assertEquals(1, release("1.1.0", "--token-pin-file", pin));
    assertTrue(err.contains("models: needs 2 keys, this ring has 1"), err);
  }

  @Test
  void withoutAPinNothingIsSignedAndTheReasonNamesTheToken() throws Exception {
    assertEquals(0, init(token, pin), err);
    List<Path> before = published();
    assertEquals(1, release("1.0.0"));
    assertTrue(err.contains("holds role keys, and no PIN was given"), err);
    assertEquals(before, published());
  }

  @Test
  void aPinFileThatOthersMayReadIsRefused() throws Exception {
    Path open = Path.of(secret("open", SoftHsm.PIN));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(1, init(token, open.toString()));
    assertTrue(err.contains("is open to others than its owner"), err);
  }

  @Test
  void aWrongPinMakesNothing() throws Exception {
    SoftHsm other = SoftHsm.token();
    assertEquals(1, init(other, secret("wrong", "1111")));
    assertTrue(err.contains("does not take this PIN"), err);
    assertFalse(err.contains("1111"), err);
    assertFalse(Files.exists(folder.resolve("author/keys")), "nobody was here");
    assertEquals(0, init(other, pin), err);
  }

  @Test
  void aTokenThatIsTakenOutIsARefusalAndNothingIsPublished() throws Exception {
    SoftHsm gone = SoftHsm.token();
    assertEquals(0, init(gone, pin), err);
    List<Path> before = published();
    gone.remove();
    assertEquals(1, release("1.0.0", "--token-pin-file", pin));
    assertTrue(err.contains("the token at " + SoftHsm.MODULE), err);
    assertEquals(before, published());
  }

  @Test
  void anotherTokenInTheSlotHoldsNoSuchKey() throws Exception {
    assertEquals(0, init(token, pin), err);
    Path place = folder.resolve("author/keys/token.json");
    Files.writeString(
        place, Files.readString(place).replace("" + token.slot(), "" + SoftHsm.token().slot()));
    assertEquals(1, refresh("--token-pin-file", pin));
    assertTrue(err.contains("holds no key " + label + "-"), err);
  }

  /** Attack: somebody with the token's PIN puts a key of his own under the name. */
  @Test
  void aKeyOfTheSameNameThatIsAnotherIsRefusedBeforeAnythingIsPublished() throws Exception {
    assertEquals(0, init(token, pin), err);
    Path keys = folder.resolve("author/keys");
    Files.copy(
        keys.resolve("snapshot-1.pub"),
        keys.resolve("timestamp-1.pub"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertEquals(1, refresh("--token-pin-file", pin));
    assertTrue(err.contains("has another key " + label + "-timestamp-1"), err);
  }

  @Test
  void twoAuthorsShareATokenUnderTwoLabelsOnly() throws Exception {
    assertEquals(0, init(token, pin), err);
    Files.move(folder.resolve("author"), folder.resolve("first"));
    assertEquals(1, init(token, pin));
    assertTrue(err.contains("has a key " + label + "-"), err);
    assertFalse(Files.exists(folder.resolve("author/keys")), "nobody was here");
    label = label + "-second";
    assertEquals(0, init(token, pin), err);
  }

  @Test
  void whatNoTokenCanDoIsAWrongCommandLine() {
    assertEquals(2, init(token, pin, "--token-algorithm", "ed25519"));
    assertTrue(err.contains("a token makes ecdsa-p256, ecdsa-p384 or rsa keys"), err);
    assertEquals(2, init(token, pin, "--token-keys", "models=4"));
    assertTrue(err.contains("it has 3 keys"), err);
    assertEquals(2, run("init", author(), "--token-keys", "models=1"));
    assertTrue(err.contains("want --token-module"), err);
    assertEquals(2, run("init", author(), "--token-module", SoftHsm.MODULE.toString()));
    assertTrue(err.contains("wants --token-slot"), err);
    assertEquals(2, init(token, pin, "--token-keys", "nobody=1"));
  }

  @Test
  void thePinIsNeverAnArgument() throws Exception {
    assertEquals(2, init(token, pin, "--token-pin", SoftHsm.PIN));
    assertEquals(0, init(token, pin, "--token-keys", "timestamp=1"), err);
    assertEquals(2, refresh("--token-pin", SoftHsm.PIN));
  }
}
