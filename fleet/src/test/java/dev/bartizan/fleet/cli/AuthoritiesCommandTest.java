// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.ChipMaker;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.protocol.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthoritiesCommandTest {
  private final ChipMaker maker = ChipMaker.root("O=Chips,CN=Maker");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @Test
  void anAuthorityIsAddedInDerListedAndRemovedByAFingerprintAsOtherToolsPrintIt() throws Exception {
    Path file = folder.resolve("maker.der");
    byte[] der = ChipMaker.der(maker.certificate()).toArray();
    Files.write(file, der);
    String fingerprint = Digest.of(der).hex();

    assertEquals(0, run("add", file.toString(), "--kind", "rsa-2048"), err::toString);
    assertEquals(0, run("--json"), err::toString);
    JsonNode listed = new ObjectMapper().readTree(out.toByteArray()).get("authorities").get(0);
    assertEquals("rsa-2048", listed.get("kind").textValue());
    assertEquals(fingerprint, listed.get("sha256").textValue());
    assertEquals("CN=Maker,O=Chips", listed.get("subject").textValue());
    assertEquals(
        maker.certificate().getNotAfter().toInstant().getEpochSecond(),
        listed.get("not_after").longValue());

    assertEquals(1, run("add", file.toString()), "kindred to what is believed for RSA keys");
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("OTHER_KIND"), err::toString);
    assertEquals(0, run("remove", withColons(fingerprint)), err::toString);
    assertEquals(0, run());
    assertEquals("", out.toString(StandardCharsets.UTF_8));
    assertEquals(1, run("remove", fingerprint));
    assertEquals(2, run("remove", "beef"));
    assertEquals(2, run("add", file.toString(), "--kind", "rsa-1024"));
  }

  @Test
  void aChipIsAllowedListedAndDisallowedByItsDigest() throws Exception {
    String digest = "ab".repeat(32);

    assertEquals(0, run("allow", digest), err::toString);
    assertEquals(1, run("allow", digest));
    assertEquals(0, run("--json"), err::toString);
    JsonNode listed = new ObjectMapper().readTree(out.toByteArray()).get("allowed").get(0);
    assertEquals(digest, listed.get("ek_sha256").textValue());
    assertEquals(0, run());
    assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("chip  " + digest), out::toString);

    assertEquals(0, run("disallow", digest), err::toString);
    assertEquals(1, run("disallow", digest));
    assertEquals(0, run());
    assertEquals("", out.toString(StandardCharsets.UTF_8));
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    String[] line = new String[arguments.length + 4];
    line[0] = "device";
    line[1] = "authorities";
    System.arraycopy(arguments, 0, line, 2, arguments.length);
    line[line.length - 2] = "--dir";
    line[line.length - 1] = folder.resolve("fleet").toString();
    return FleetCommand.commandLine(
            new MovableClock(), FleetOfOne.RANDOM, new Console(stream(out), stream(err)))
        .execute(line);
  }

  private static PrintStream stream(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private static String withColons(String hex) {
    return hex.toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
  }
}
