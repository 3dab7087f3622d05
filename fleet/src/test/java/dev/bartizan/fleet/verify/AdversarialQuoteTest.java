// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.keystore.CertifiedKey;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.SoftwareChip;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What somebody with the chip, and its keys, may have it say; and whether others see the same. */
class AdversarialQuoteTest extends EnrolledDevice {
  private static Evidence with(Evidence evidence, Quote quote) {
    return new Evidence(evidence.eat(), Optional.of(quote), evidence.log(), evidence.bootLogs());
  }

  private static Bytes longer(Bytes bytes) {
    return Bytes.of(Arrays.copyOf(bytes.toArray(), bytes.length() + 1));
  }

  private Quote quote(Evidence of, String selection) throws Exception {
    return device.quote(PcrSelection.parse(selection), of.qualification(NONCE));
  }

  // Attack: the values of some PCRs, said to be those of others.
  @Test
  void valuesUnderOtherNumbersAreNotQuoted() throws Exception {
    Evidence good = evidence();
    Quote quote = good.quote().orElseThrow();
    PcrSelection shifted = PcrSelection.parse("sha256:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16");
    reasonOf(
        "PCRS_NOT_QUOTED",
        TrustTier.CONTRAINDICATED,
        with(
            good,
            new Quote(
                quote.attest(),
                quote.signature(),
                quote.attestationKey(),
                new PcrValues(shifted, quote.values().values()))));
  }

  // Attack: a genuine quote for this very question, of PCRs that tell nothing.
  @Test
  void aQuoteOfFewerPcrsOrNoneIsNeverAffirmed() throws Exception {
    Evidence good = evidence();
    for (String selection : List.of("sha256:7", "sha256:13", "sha256:16,23", "sha256:0,13")) {
      AttestationResult result = appraise(with(good, quote(good, selection))).result();
      assertTrue(result.status().compareTo(TrustTier.WARNING) >= 0, selection);
      assertNotEquals(List.of(), result.reasons(), selection);
    }
    Quote none = device.quote(new PcrSelection(List.of()), good.qualification(NONCE));
    assertTrue(
        appraise(with(good, none)).result().status().compareTo(TrustTier.WARNING) >= 0, "none");
  }

  // Attack: a key's certification, by the attestation key and for this very question.
  @Test
  void aCertificationOfAKeyIsNoQuote() throws Exception {
    Evidence good = evidence();
    Quote quote = good.quote().orElseThrow();
    CertifiedKey certified = device.enrolmentClaims(good.qualification(NONCE)).identity();
    reasonOf(
        "BAD_QUOTE",
        TrustTier.CONTRAINDICATED,
        with(
            good,
            new Quote(
                certified.attest(),
                certified.signature(),
                quote.attestationKey(),
                quote.values())));
  }

  @Test
  void bytesBehindAQuoteOrItsSignatureAreRefused() throws Exception {
    Evidence good = evidence();
    Quote quote = good.quote().orElseThrow();
    assertThrows(TpmRefusal.class, () -> QuoteAttest.parse(longer(quote.attest())));
    for (Quote bad :
        List.of(
            new Quote(
                longer(quote.attest()), quote.signature(), quote.attestationKey(), quote.values()),
            new Quote(
                quote.attest(),
                longer(quote.signature()),
                quote.attestationKey(),
                quote.values()))) {
      reasonOf("BAD_QUOTE", TrustTier.CONTRAINDICATED, with(good, bad));
    }
  }

  // Attack: a key that signs whatever it is given, in place of one that signs the chip's own words.
  @Test
  void aKeyThatIsNotRestrictedSpeaksForNoChip() throws Exception {
    Evidence good = evidence();
    Bytes unrestricted = device.enrolmentClaims(Bytes.empty()).identity().publicArea();
    Quote quote = good.quote().orElseThrow();
    AttestationResult result =
        appraiseBy(
            unrestricted,
            with(good, new Quote(quote.attest(), quote.signature(), unrestricted, quote.values())));
    assertReason("BAD_QUOTE", TrustTier.CONTRAINDICATED, result);
    assertTrue(result.reasons().toString().contains("attestation key"), result::toString);
  }

  // Attack: a bank in which whoever measures may choose what his code's digest collides with.
  @Test
  void aBankOfSha1TellsNothing() throws Exception {
    Evidence good = evidence();
    SoftwareChip old = SoftwareChip.with(AttestationKind.ECC_P256);
    for (String selection : List.of("sha1:0", "sha1:0+sha256:0", "sha256:0+sha1:0")) {
      PcrSelection banks = PcrSelection.parse(selection);
      List<Bytes> values = new ArrayList<>();
      banks.banks().forEach(bank -> values.add(Bytes.of(new byte[bank.hash().size()])));
      Quote quote = old.quote(new PcrValues(banks, values), good.qualification(NONCE));
      assertReason(
          "WEAK_BANK",
          TrustTier.CONTRAINDICATED,
          appraiseBy(old.attestationKey(), with(good, quote)));
    }
  }

  /** As if the device had enrolled with a chip that has this key. */
  private AttestationResult appraiseBy(Bytes attestationKey, Evidence evidence) throws Exception {
    Device enrolled = fleet.registry().get(device.ueid());
    Device.Chip chip = enrolled.chip().orElseThrow();
    Device other =
        new Device(
            enrolled.ueid(),
            enrolled.state(),
            enrolled.profile(),
            enrolled.groups(),
            enrolled.enrolledAt(),
            enrolled.keystore(),
            Optional.of(new Device.Chip(chip.endorsement(), attestationKey)),
            enrolled.identity(),
            enrolled.unwrap(),
            Optional.empty(),
            false);
    Verifier verifier =
        new Verifier(ueid -> Optional.of(other), new FileReferences(fleet.directory()).current());
    return verifier.appraise(evidence, NONCE, clock.instant()).result();
  }

  // Attack: the machine is reset, and nothing is measured, so that no trace of another boot is
  // left.
  @Test
  void pcrsOfAResetMachineAreNotThoseOfAGoodBoot() throws Exception {
    chip.restart();
    AttestationResult result = appraise(evidence()).result();
    assertEquals(TrustTier.CONTRAINDICATED, result.status());
    measure();
    assertNotEquals(TrustTier.AFFIRMING, appraise(evidence()).result().status());
  }

  /**
   * The distribution's own tool is asked about the same bytes. A certification of a key it takes
   * for a quote (5.4, without values beside it): that case is {@link
   * #aCertificationOfAKeyIsNoQuote}'s alone.
   */
  @Test
  void tpm2CheckquoteSaysTheSameOfGoodAndBad() throws Exception {
    Evidence good = evidence();
    Quote quote = good.quote().orElseThrow();
    Bytes attest = flipped(quote.attest());
    Quote foreign =
        FleetOfOne.device(chip).quote(quote.values().selection(), good.qualification(NONCE));
    Bytes key = quote.attestationKey();
    Map<String, Quote> bad = new LinkedHashMap<>();
    bad.put("altered", new Quote(attest, quote.signature(), key, quote.values()));
    bad.put(
        "another signature", new Quote(quote.attest(), foreign.signature(), key, quote.values()));
    bad.put("another key", new Quote(foreign.attest(), foreign.signature(), key, quote.values()));
    bad.put(
        "for another question", device.quote(quote.values().selection(), Bytes.of(new byte[32])));

    assertEquals(0, checkquote(good, quote, "good"));
    assertEquals(TrustTier.AFFIRMING, appraise(good).result().status());
    for (Map.Entry<String, Quote> one : bad.entrySet()) {
      assertNotEquals(0, checkquote(good, one.getValue(), one.getKey()), one.getKey());
      assertEquals(
          TrustTier.CONTRAINDICATED,
          appraise(with(good, one.getValue())).result().status(),
          one.getKey());
    }
  }

  private static Bytes flipped(Bytes bytes) {
    byte[] flipped = bytes.toArray();
    flipped[flipped.length - 1] ^= 1;
    return Bytes.of(flipped);
  }

  /** With what the verifier holds: the enrolled key, and the question that was asked. */
  private int checkquote(Evidence good, Quote quote, String name) throws Exception {
    Path files = Files.createDirectories(folder.resolve("unpacked " + name));
    ReportFiles.write(good, new SharedDirectory(files));
    Files.write(files.resolve("quote.msg"), quote.attest().toArray());
    Files.write(files.resolve("quote.sig"), quote.signature().toArray());
    return new ProcessBuilder(
            "tpm2_checkquote",
            "-u",
            "ak.pem",
            "-m",
            "quote.msg",
            "-s",
            "quote.sig",
            "-g",
            "sha256",
            "-q",
            good.qualification(NONCE).hex())
        .directory(files.toFile())
        .redirectErrorStream(true)
        .redirectOutput(files.resolve("log").toFile())
        .start()
        .waitFor();
  }
}
