// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.ChipMaker;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.fleet.enrol.AuthorityRefusal.Reason;
import dev.bartizan.fleet.enrol.EndorsementAuthorities.Authority;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class EndorsementAuthoritiesTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final EndorsementKind P256 = EndorsementKind.ECC_P256;
  private static final EndorsementKind RSA = EndorsementKind.RSA_2048;

  private final ChipMaker maker = ChipMaker.root("O=Chips,CN=Maker");
  private final ChipMaker stranger = ChipMaker.root("O=Others,CN=Root");
  @TempDir private Path folder;
  private SharedDirectory directory;
  private EndorsementAuthorities authorities;

  @BeforeEach
  void found() {
    directory = new SharedDirectory(folder);
    authorities = new EndorsementAuthorities(directory);
  }

  @Test
  void whatIsAddedIsBelievedForItsKindAndListedByItsFingerprint() throws Exception {
    authorities.add(List.of(maker.certificate()), RSA, NOW);
    authorities.add(List.of(stranger.certificate()), P256, NOW);

    List<Authority> all = authorities.all();
    assertEquals(List.of(P256, RSA), all.stream().map(Authority::kind).toList());
    assertEquals(Digest.of(ChipMaker.der(maker.certificate()).toArray()), all.get(1).fingerprint());
    assertTrue(all.get(1).file().startsWith("ek-roots/rsa-2048/"), all.get(1).file());
    EndorsementRoots.load(directory);
  }

  @Test
  void whatIsRemovedIsBelievedNoMoreAndOthersOfItsFileStay() throws Exception {
    directory.write(
        "ek-roots/both.pem",
        Pem.ofCertificates(List.of(maker.certificate(), stranger.certificate()))
            .getBytes(StandardCharsets.US_ASCII));

    authorities.remove(fingerprint(maker));
    assertEquals(
        List.of(stranger.certificate()),
        authorities.all().stream().map(Authority::certificate).toList());

    authorities.remove(fingerprint(stranger));
    assertTrue(directory.list("ek-roots", ".pem").isEmpty());
    refused(Reason.UNKNOWN, () -> authorities.remove(fingerprint(stranger)));
  }

  // Attack: an operator is led to believe one maker twice, and each of its chips has two names.
  @Test
  void aKindredAuthorityForAnotherKindIsRefusedAndNothingIsWritten() throws Exception {
    authorities.add(List.of(maker.certificate()), RSA, NOW);
    ChipMaker below = maker.below("O=Chips,CN=ECC chips", ChipMaker.authority());

    refused(Reason.OTHER_KIND, () -> add(maker.certificate()));
    refused(Reason.OTHER_KIND, () -> add(below.certificate()));
    refused(Reason.OTHER_KIND, () -> add(stranger.certificate(), below.certificate()));

    assertEquals(1, authorities.all().size());
  }

  @Test
  void whatCertifiesNothingIsRefused() throws Exception {
    ChipMaker chip = maker.below("O=Chips,CN=A chip", ChipMaker.chip());
    ChipMaker old = ChipMaker.root("O=Old,CN=Maker", ChipMaker.authority().until(NOW));

    refused(Reason.NOT_AN_AUTHORITY, () -> add(chip.certificate()));
    assertThrows(
        AuthorityRefusal.class,
        () -> authorities.add(List.of(old.certificate()), P256, NOW.plus(Duration.ofSeconds(1))));

    assertTrue(authorities.all().isEmpty());
  }

  @Test
  void whatIsBelievedAlreadySaysSo() throws Exception {
    add(maker.certificate());

    refused(Reason.KNOWN_ALREADY, () -> add(maker.certificate()));
  }

  private void add(X509Certificate... certificates) throws Exception {
    authorities.add(List.of(certificates), P256, NOW);
  }

  private static Digest fingerprint(ChipMaker of) {
    return Digest.of(ChipMaker.der(of.certificate()).toArray());
  }

  private static void refused(Reason reason, Executable attempt) {
    AuthorityRefusal refusal = assertThrows(AuthorityRefusal.class, attempt);
    assertEquals(reason, refusal.reason(), refusal.getMessage());
  }
}
