// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.fleet.enrol.AllowedChips;
import dev.bartizan.fleet.enrol.AllowedChips.Allowed;
import dev.bartizan.fleet.enrol.EndorsementAuthorities;
import dev.bartizan.fleet.enrol.EndorsementAuthorities.Authority;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code bartizan-fleet device authorities}. */
@Command(
    name = "authorities",
    description = {
      "What chips are believed by: the authorities of their makers, each for one kind of endorsement"
          + " key, with subject, SHA-256 fingerprint and end; and chips that the operator has allowed"
          + " without. A running server heeds changes at"
          + " once; devices that are enrolled stay so."
    },
    mixinStandardHelpOptions = true)
public final class AuthoritiesCommand implements Callable<Integer> {
  private static final int DONE = 0;
  private static final int MAX_LENGTH = 256 * 1024;
  private static final byte DER = 0x30;

  private final Clock clock;
  private final Console console;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The server's directory (default: the current one).")
  private Path dir = Path.of(".");

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  public AuthoritiesCommand(Clock clock, Console console) {
    this.clock = clock;
    this.console = console;
  }

  /** Lists them. */
  @Override
  public Integer call() throws IOException, Refusal {
    List<Authority> all = authorities().all();
    List<Allowed> chips = chips().all();
    if (json) {
      ObjectNode document = StrictJson.object();
      ArrayNode authorities = document.putArray("authorities");
      all.forEach(authority -> authorities.add(toJson(authority)));
      ArrayNode allowed = document.putArray("allowed");
      chips.forEach(chip -> allowed.add(toJson(chip)));
      console.answer(document);
    } else {
      all.forEach(authority -> console.answer(line(authority)));
      chips.forEach(
          chip -> console.answer("chip  " + chip.endorsementKey() + "  since " + chip.since()));
    }
    return DONE;
  }

  /** What is refused here would keep the server from starting, or from taking anybody in. */
  @Command(
      name = "add",
      description = {
        "Believe the authorities in FILE (PEM or DER) for one kind of endorsement key. Refused for"
            + " what is no authority, has expired, or is kindred to one that is believed for another"
            + " kind: a chip could then have two names."
      },
      mixinStandardHelpOptions = true)
  int add(
      @Parameters(paramLabel = "FILE", description = "The maker's certificates.") Path file,
      @Option(
              names = "--kind",
              paramLabel = "KIND",
              defaultValue = "p-256",
              converter = Arguments.KindArgument.class,
              description =
                  "The kind of key that its chips are named by: p-256, rsa-2048, p-384 or rsa-3072"
                      + " (default: ${DEFAULT-VALUE}).")
          EndorsementKind kind)
      throws IOException, Refusal {
    for (Authority added : authorities().add(certificates(file), kind, clock.instant())) {
      console.say("believed for " + kind.text() + ": " + line(added));
    }
    return DONE;
  }

  /** By name of file or subject one would take away the wrong one. */
  @Command(
      name = "remove",
      description = "Believe an authority no more. Devices that enrolled under it stay enrolled.",
      mixinStandardHelpOptions = true)
  int remove(
      @Parameters(
              paramLabel = "FINGERPRINT",
              converter = Arguments.DigestArgument.class,
              description = "SHA-256 of the certificate, in hexadecimal.")
          Digest fingerprint)
      throws IOException, Refusal {
    console.say("believed no more: " + line(authorities().remove(fingerprint)));
    return DONE;
  }

  /** For chips whose makers certify nothing, or whose certificates are lost. */
  @Command(
      name = "allow",
      description = {
        "Take one chip in that has no certificate of its maker. Every attestation result about it"
            + " says so (NO_EK_CERTIFICATE), and is a warning at best.",
        "The digest is SHA-256 of the endorsement key's SubjectPublicKeyInfo in DER, of the kind"
            + " that the device is named by (p-256 where it has no certificate at all):"
            + " openssl pkey -pubin -in ek.pem -outform DER | sha256sum. A chip that was turned away"
            + " was told its digest."
      },
      mixinStandardHelpOptions = true)
  int allow(
      @Parameters(paramLabel = "EK-DIGEST", converter = Arguments.DigestArgument.class)
          Digest endorsementKey)
      throws IOException, Refusal {
    chips().allow(endorsementKey, clock.instant());
    console.say("a chip with the endorsement key " + endorsementKey + " may enrol");
    return DONE;
  }

  /** Says nothing about a device that came in by it. */
  @Command(
      name = "disallow",
      description =
          "Do not take that chip in any more. If it is enrolled it stays so: `device revoke` ends"
              + " that.",
      mixinStandardHelpOptions = true)
  int disallow(
      @Parameters(paramLabel = "EK-DIGEST", converter = Arguments.DigestArgument.class)
          Digest endorsementKey)
      throws IOException, Refusal {
    chips().disallow(endorsementKey);
    console.say("no chip with the endorsement key " + endorsementKey + " may enrol");
    return DONE;
  }

  private AllowedChips chips() {
    return new AllowedChips(new SharedDirectory(dir));
  }

  private EndorsementAuthorities authorities() {
    return new EndorsementAuthorities(new SharedDirectory(dir));
  }

  private static List<X509Certificate> certificates(Path file) throws IOException, Malformed {
    byte[] content = InputFile.read(file, MAX_LENGTH);
    if (content.length > 0 && content[0] == DER) {
      return List.of(Pem.certificate(content, file.toString()));
    }
    return Pem.certificates(new String(content, StandardCharsets.US_ASCII), file.toString());
  }

  private String line(Authority authority) {
    Instant end = authority.certificate().getNotAfter().toInstant();
    return String.join(
        "  ",
        authority.kind().text(),
        authority.fingerprint().hex(),
        (end.isBefore(clock.instant()) ? "EXPIRED " : "until ") + end,
        authority.certificate().getSubjectX500Principal().getName(),
        authority.file());
  }

  private static ObjectNode toJson(Allowed chip) {
    return StrictJson.object()
        .put("ek_sha256", chip.endorsementKey().hex())
        .put("allowed_at", chip.since().getEpochSecond());
  }

  private static ObjectNode toJson(Authority authority) {
    X509Certificate certificate = authority.certificate();
    return StrictJson.object()
        .put("kind", authority.kind().text())
        .put("sha256", authority.fingerprint().hex())
        .put("subject", certificate.getSubjectX500Principal().getName())
        .put("not_before", certificate.getNotBefore().toInstant().getEpochSecond())
        .put("not_after", certificate.getNotAfter().toInstant().getEpochSecond())
        .put("file", authority.file());
  }
}
