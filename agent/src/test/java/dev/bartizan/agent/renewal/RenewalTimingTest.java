// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import java.util.Random;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When devices come, one and ten thousand. */
final class RenewalTimingTest {
  private static final Instant BEGIN = Instant.parse("2027-05-01T12:00:00Z");
  private static final Duration DAY = Duration.ofHours(24);
  private static final int DEVICES = 10_000;

  private static KeyPair key;

  @BeforeAll
  static void makeKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    key = generator.generateKeyPair();
  }

  @Test
  void aCertificateIsDueAroundTwoThirdsOfItsLife() throws Exception {
    RenewalTiming timing = new RenewalTiming(new Random(1));
    X509Certificate certificate = certificate(DAY);

    for (int i = 0; i < 1000; i++) {
      Duration after = Duration.between(BEGIN, timing.due(certificate, BEGIN));
      assertTrue(after.compareTo(Duration.ofMinutes(14 * 60 + 48)) >= 0, after.toString());
      assertTrue(after.compareTo(Duration.ofMinutes(17 * 60 + 12)) <= 0, after.toString());
    }
  }

  @Test
  void oneThatIsOverdueIsDueSoonAndNotAtOnce() throws Exception {
    RenewalTiming timing = new RenewalTiming(new Random(1));
    Instant now = BEGIN.plus(Duration.ofDays(30));

    Duration until = Duration.between(now, timing.due(certificate(DAY), now));

    assertTrue(until.compareTo(Duration.ofSeconds(15)) >= 0, until.toString());
    assertTrue(until.compareTo(Duration.ofSeconds(30)) <= 0, until.toString());
  }

  @Test
  void pausesDoubleUpToAnHourAndNeverEnd() {
    RenewalTiming timing = new RenewalTiming(new Random(1));

    assertTrue(timing.pause(DAY, 1).compareTo(Duration.ofSeconds(30)) <= 0);
    for (int failures : new int[] {8, 20, 1000, Integer.MAX_VALUE}) {
      Duration pause = timing.pause(DAY, failures);
      assertTrue(pause.compareTo(Duration.ofMinutes(30)) >= 0, pause.toString());
      assertTrue(pause.compareTo(Duration.ofMinutes(60)) <= 0, pause.toString());
    }
  }

  @Test
  void aCertificateOfAMinuteIsTriedOftenEnoughToLiveOn() {
    RenewalTiming timing = new RenewalTiming(new Random(1));

    assertTrue(timing.pause(Duration.ofMinutes(1), 100).compareTo(Duration.ofSeconds(3)) <= 0);
  }

  /**
   * Server and broker are away for 48 hours: every certificate runs out, every device goes on
   * asking, and when they are back none of them is lost, and no minute is overrun.
   */
  @Test
  void afterTwoDaysWithoutAServerAllComeBackAndNotAtOnce() throws Exception {
    RenewalTiming timing = new RenewalTiming(new Random(48));
    X509Certificate certificate = certificate(DAY);
    Instant back = BEGIN.plus(Duration.ofDays(2));
    int[] perSecond = new int[(int) Duration.ofHours(2).toSeconds()];

    for (int i = 0; i < DEVICES; i++) {
      Instant attempt = timing.due(certificate, BEGIN);
      int failures = 0;
      while (attempt.isBefore(back)) {
        failures++;
        attempt = attempt.plus(timing.pause(DAY, failures));
      }
      perSecond[(int) Duration.between(back, attempt).toSeconds()]++;
    }

    int peak = Arrays.stream(perSecond).max().orElseThrow();
    int last = perSecond.length - 1;
    while (perSecond[last] == 0) {
      last--;
    }
    System.out.println(
        "after 48 h without a server: "
            + DEVICES
            + " devices are back within "
            + (last + 1) / 60
            + " min; at the peak "
            + peak
            + " in one second, on average "
            + String.format(Locale.ROOT, "%.1f", DEVICES / (last + 1.0)));
    assertEquals(DEVICES, Arrays.stream(perSecond).sum());
    assertTrue(last <= Duration.ofHours(1).toSeconds(), last + " s");
    // Ten thousand within half an hour or more are six in a second; by chance some more.
    assertTrue(peak <= 25, peak + " in one second");
  }

  private static X509Certificate certificate(Duration life) throws Exception {
    X500Name name = new X500Name("CN=device");
    return new JcaX509CertificateConverter()
        .getCertificate(
            new X509v3CertificateBuilder(
                    name,
                    BigInteger.ONE,
                    Date.from(BEGIN),
                    Date.from(BEGIN.plus(life)),
                    name,
                    SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
  }
}
