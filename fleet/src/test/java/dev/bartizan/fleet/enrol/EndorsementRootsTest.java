// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.ChipMaker;
import dev.bartizan.crypto.tpm.ChipMaker.Shape;
import dev.bartizan.crypto.tpm.EccParameters;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.KeyParameters;
import dev.bartizan.crypto.tpm.RsaParameters;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.PolicyQualifierInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chip makers' certificates with every fault a validator knows, each refused for its reason. */
class EndorsementRootsTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));
  private static final ASN1ObjectIdentifier STRANGE = new ASN1ObjectIdentifier("1.3.6.1.4.1.9.1");
  private static final String MAKER = "O=Chips,CN=Maker";
  private static final TpmPublic EC = ec(EndorsementKind.ECC_P256, "secp256r1", 32);
  private static final TpmPublic P384 = ec(EndorsementKind.ECC_P384, "secp384r1", 48);
  private static final TpmPublic RSA = rsa(EndorsementKind.RSA_2048, 2048);
  private static final TpmPublic RSA_3072 = rsa(EndorsementKind.RSA_3072, 3072);

  @TempDir private Path folder;
  private final ChipMaker maker = ChipMaker.root(MAKER);

  @Test
  void aMakersCertificateForTheKeyOfItsKindIsBelieved() throws Exception {
    believed("ek-roots/maker.pem", maker.certify(EC), EC);
    believed("ek-roots/rsa-2048/maker.pem", maker.certify(RSA), RSA);
    believed("ek-roots/p-384/maker.pem", maker.certify(P384), P384);
    believed("ek-roots/rsa-3072/maker.pem", maker.certify(RSA_3072), RSA_3072);
  }

  // Attack: revoked under one endorsement key, a chip comes back under the other.
  @Test
  void aChipCannotChooseWhichOfItsKeysItIsNamedAfter() throws Exception {
    EndorsementRoots roots = roots("ek-roots/maker.pem", maker);
    for (TpmPublic other : List.of(RSA, P384, RSA_3072)) {
      EnrolmentRefusal refused =
          assertThrows(
              EnrolmentRefusal.class,
              () -> roots.require(maker.certify(other), List.of(), other, NOW));
      assertEquals("OTHER_ENDORSEMENT_KEY", refused.code(), refused.getMessage());
      assertSays("--endorsement-key p-256", refused);
      String kind = EndorsementKind.find(other).orElseThrow().text();
      assertSays("ek-roots/" + kind + " instead", refused);
    }
    EndorsementRoots byRsa = roots("ek-roots/rsa-2048/maker.pem", maker);
    EnrolmentRefusal refused =
        assertThrows(
            EnrolmentRefusal.class, () -> byRsa.require(maker.certify(EC), List.of(), EC, NOW));
    assertSays("--endorsement-key rsa-2048", refused);
  }

  // The same attack, by an operator who was led to believe one maker twice.
  @Test
  void kindredAuthoritiesThatAreBelievedForTwoKindsAreRefusedByName() throws Exception {
    ChipMaker renamed = maker.again(ChipMaker.authority().until(NOW));
    ChipMaker below = maker.below("O=Chips,CN=RSA chips", ChipMaker.authority());
    ChipMaker sister = maker.below("O=Chips,CN=ECC chips", ChipMaker.authority());
    ChipMaker namesake = ChipMaker.root(MAKER);
    assertKindred(maker, maker);
    assertKindred(maker, renamed);
    assertKindred(maker, namesake);
    assertKindred(maker, below);
    assertKindred(below, maker);
    assertKindred(sister, below);
    SharedDirectory unrelated = new SharedDirectory(folder.resolve("unrelated"));
    unrelated.write("ek-roots/a.pem", maker.pem());
    unrelated.write("ek-roots/rsa-2048/b.pem", ChipMaker.root("O=Others,CN=Root").pem());
    EndorsementRoots.load(unrelated).require(maker.certify(EC), List.of(), EC, NOW);
  }

  @Test
  void aChainThatTheChipKeepsLeadsToTheRootInAnyOrder() throws Exception {
    ChipMaker factory = maker.below("O=Chips,CN=Factory", ChipMaker.authority());
    ChipMaker onDie = factory.below("O=Chips,CN=On die", ChipMaker.authority());
    Bytes leaf = onDie.certify(EC);
    Bytes first = ChipMaker.der(onDie.certificate());
    Bytes second = ChipMaker.der(factory.certificate());
    EndorsementRoots roots = roots("ek-roots/maker.pem", maker);

    roots.require(leaf, List.of(first, second), EC, NOW);
    roots.require(leaf, List.of(second, ChipMaker.der(maker.certificate()), first), EC, NOW);
    refused("is not known", roots, leaf, List.of());
    refused("is not known", roots, leaf, List.of(first));
    refused("cannot be read", roots, leaf, List.of(first, Bytes.of(new byte[] {0x30, 1})));
  }

  // Attack: the chain is the attacker's own from the first link on.
  @Test
  void aChainThatOnlyBearsTheMakersNameIsRefused() throws Exception {
    ChipMaker impostor = ChipMaker.root(MAKER);
    ChipMaker below = impostor.below("O=Chips,CN=Factory", ChipMaker.authority());
    refused(
        "is not known",
        roots("ek-roots/maker.pem", maker),
        below.certify(EC),
        List.of(ChipMaker.der(below.certificate()), ChipMaker.der(impostor.certificate())));
  }

  @Test
  void whatRanOutSaysSo() throws Exception {
    ChipMaker over = ChipMaker.root(MAKER, ChipMaker.authority().until(YESTERDAY));
    refused("not valid now", over, over.certify(EC));
    refused("expired", maker, ChipMaker.der(maker.certify(EC, ChipMaker.chip().until(YESTERDAY))));
    ChipMaker link = maker.below("CN=Factory", ChipMaker.authority().until(YESTERDAY));
    refused(
        "expired",
        roots("ek-roots/maker.pem", maker),
        link.certify(EC),
        List.of(ChipMaker.der(link.certificate())));
  }

  @Test
  void ofAnAuthoritysTwoCertificatesTheOneThatHoldsCounts() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    directory.write("ek-roots/old.pem", maker.again(ChipMaker.authority().until(YESTERDAY)).pem());
    directory.write("ek-roots/now.pem", maker.pem());
    EndorsementRoots.load(directory).require(maker.certify(EC), List.of(), EC, NOW);
  }

  // Attack: a certificate that a maker gave a device signs endorsement certificates.
  @Test
  void whatIsNoAuthorityCertifiesNothing() throws Exception {
    ChipMaker device = ChipMaker.root(MAKER, Shape.of(it -> {}));
    refused("basic constraints", device, device.certify(EC));
    ChipMaker lists =
        ChipMaker.root(
            MAKER,
            Shape.of(
                it -> {
                  it.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                  it.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign));
                }));
    refused("key usage", lists, lists.certify(EC));
    for (Shape shape : List.of(ChipMaker.chip(), Shape.of(it -> {}))) {
      ChipMaker chip = maker.below("O=Chips,CN=EK 7", shape);
      refused(
          "check failed",
          roots("ek-roots/maker.pem", maker),
          chip.certify(EC),
          List.of(ChipMaker.der(chip.certificate())));
    }
  }

  @Test
  void noMoreAuthoritiesStandBelowAnAnchorThanItAllows() throws Exception {
    ChipMaker last =
        ChipMaker.root(
            MAKER,
            Shape.of(
                it -> it.addExtension(Extension.basicConstraints, true, new BasicConstraints(0))));
    ChipMaker below = last.below("CN=Factory", ChipMaker.authority());
    EndorsementRoots roots = roots("ek-roots/maker.pem", last);
    roots.require(last.certify(EC), List.of(), EC, NOW);
    refused("path too long", roots, below.certify(EC), List.of(ChipMaker.der(below.certificate())));
  }

  // Attack: an authority for one organisation certifies chips of another.
  @Test
  void anAuthorityCertifiesNamesWithinItsConstraintsOnly() throws Exception {
    ChipMaker elsewhere = limited(new X500Name("O=Somebody else"), null);
    refused("invalid name", elsewhere, elsewhere.certify(EC));
    ChipMaker not = limited(null, new X500Name("O=Chips"));
    refused("invalid name", not, not.certify(EC));
    ChipMaker inside = limited(new X500Name("O=Chips"), new X500Name("O=Chips,CN=EK 2"));
    roots("ek-roots/maker.pem", inside).require(inside.certify(EC), List.of(), EC, NOW);
    GeneralNames other = new GeneralNames(new GeneralName(new X500Name("O=Somebody else")));
    refused(
        "invalid name",
        inside,
        ChipMaker.der(
            inside.certify(
                EC,
                ChipMaker.chip()
                    .with(it -> it.addExtension(Extension.subjectAlternativeName, false, other)))));
  }

  @Test
  void aCriticalExtensionNobodyKnowsSaysSoAndAPolicyWithAQualifierIsNone() throws Exception {
    refused(
        "unrecognized crit ext",
        maker,
        ChipMaker.der(
            maker.certify(
                EC,
                ChipMaker.chip().with(it -> it.addExtension(STRANGE, true, DERNull.INSTANCE)))));
    ChipMaker strange =
        ChipMaker.root(
            MAKER,
            ChipMaker.authority().with(it -> it.addExtension(STRANGE, true, DERNull.INSTANCE)));
    refused("nobody here knows", strange, strange.certify(EC));
    PolicyInformation policy =
        new PolicyInformation(
            STRANGE, new DERSequence(new PolicyQualifierInfo("https://chips.example/cps")));
    Shape critical =
        ChipMaker.chip()
            .with(
                it ->
                    it.addExtension(Extension.certificatePolicies, true, new DERSequence(policy)));
    believed("ek-roots/maker.pem", ChipMaker.der(maker.certify(EC, critical)), EC);
  }

  @Test
  void anRsaKeyThatIsWrittenAsAnOaepKeyIsTheSameKey() throws Exception {
    Bytes oaep = ChipMaker.der(maker.certify(ChipMaker.oaep(RSA), ChipMaker.chip()));
    believed("ek-roots/rsa-2048/maker.pem", oaep, RSA);
    EndorsementRoots roots = roots("ek-roots/rsa-2048/maker.pem", maker);
    TpmPublic another = rsa(EndorsementKind.RSA_2048, 2048);
    EnrolmentRefusal refused =
        assertThrows(EnrolmentRefusal.class, () -> roots.require(oaep, List.of(), another, NOW));
    assertSays("about another key", refused);
  }

  // Attack: a certificate of the same maker for another purpose, or for an authority.
  @Test
  void aCertificateForAnotherPurposeIsRefused() throws Exception {
    Shape server =
        ChipMaker.chip()
            .with(
                it ->
                    it.addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
    Shape signs =
        Shape.of(
            it ->
                it.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)));
    for (Shape shape : List.of(server, signs, ChipMaker.authority())) {
      refused("not one of an endorsement key", maker, ChipMaker.der(maker.certify(EC, shape)));
    }
  }

  private ChipMaker limited(@Nullable X500Name permitted, @Nullable X500Name excluded) {
    return ChipMaker.root(
        MAKER,
        ChipMaker.authority()
            .with(
                it ->
                    it.addExtension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(subtrees(permitted), subtrees(excluded)))));
  }

  private static GeneralSubtree @Nullable [] subtrees(@Nullable X500Name name) {
    return name == null ? null : new GeneralSubtree[] {new GeneralSubtree(new GeneralName(name))};
  }

  private void assertKindred(ChipMaker one, ChipMaker other) throws IOException {
    SharedDirectory directory = new SharedDirectory(folder.resolve("kin"));
    directory.write("ek-roots/one.pem", one.pem());
    directory.write("ek-roots/rsa-2048/other.pem", other.pem());
    IOException refused = assertThrows(IOException.class, () -> EndorsementRoots.load(directory));
    assertSays("would be two devices", refused);
    assertSays("ek-roots/rsa-2048", refused);
  }

  private void believed(String file, Bytes certificate, TpmPublic key) throws Exception {
    roots(file, maker).require(certificate, List.of(), key, NOW);
  }

  private void refused(String reason, ChipMaker by, Bytes leaf) throws Exception {
    refused(reason, roots("ek-roots/maker.pem", by), leaf, List.of());
  }

  private static void refused(
      String reason, EndorsementRoots roots, Bytes leaf, List<Bytes> brought) {
    EnrolmentRefusal refused =
        assertThrows(EnrolmentRefusal.class, () -> roots.require(leaf, brought, EC, NOW));
    assertEquals("UNKNOWN_CHIP", refused.code());
    assertSays(reason, refused);
  }

  private static void assertSays(String words, Exception refused) {
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(words), message);
  }

  private EndorsementRoots roots(String file, ChipMaker by) throws Exception {
    SharedDirectory directory =
        new SharedDirectory(
            folder.resolve(file.substring(0, file.lastIndexOf('/')).replace('/', '-')));
    directory.write(file, by.pem());
    return EndorsementRoots.load(directory);
  }

  private static TpmPublic ec(EndorsementKind kind, String curve, int bytes) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      ECPublicKey key = (ECPublicKey) generator.generateKeyPair().getPublic();
      EccParameters bare = (EccParameters) kind.template().parameters();
      return with(
          kind,
          new EccParameters(
              bare.wrap(),
              bare.scheme(),
              bare.curve(),
              fixed(key.getW().getAffineX(), bytes),
              fixed(key.getW().getAffineY(), bytes)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static TpmPublic rsa(EndorsementKind kind, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      BigInteger modulus = ((RSAPublicKey) generator.generateKeyPair().getPublic()).getModulus();
      RsaParameters bare = (RsaParameters) kind.template().parameters();
      return with(
          kind, new RsaParameters(bare.wrap(), bare.scheme(), bits, fixed(modulus, bits / 8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static TpmPublic with(EndorsementKind kind, KeyParameters key) {
    TpmPublic template = kind.template();
    return new TpmPublic(template.nameHash(), template.attributes(), template.policy(), key);
  }

  private static Bytes fixed(BigInteger number, int length) {
    byte[] signed = number.toByteArray();
    byte[] fixed = new byte[length];
    int count = Math.min(signed.length, length);
    System.arraycopy(signed, signed.length - count, fixed, length - count, count);
    return Bytes.of(fixed);
  }
}
