// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.custody;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** What a thief finds in a directory when he looks for private keys in every form there is. */
final class FoundKeys {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHORTEST_PKCS8 = 40;

  private final Map<String, PrivateKey> found = new LinkedHashMap<>();

  /** By the file and place each was found in. */
  static Map<String, PrivateKey> in(Path directory) throws IOException {
    FoundKeys keys = new FoundKeys();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path file : paths.filter(Files::isRegularFile).sorted().toList()) {
        keys.look(directory.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return keys.found;
  }

  private void look(String at, byte[] content) {
    pkcs8(at, content);
    pem(at, new String(content, StandardCharsets.ISO_8859_1));
    try {
      json(at, JSON.readTree(content));
    } catch (IOException notJson) {
      // Then there is no key in JSON.
    }
  }

  private void pem(String at, String text) {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PrivateKeyInfo key) {
          pkcs8(at, key.getEncoded());
        } else if (part instanceof PEMKeyPair pair) {
          pkcs8(at, pair.getPrivateKeyInfo().getEncoded());
        }
      }
    } catch (IOException | IllegalArgumentException noPem) {
      // Then there is no key in PEM.
    }
  }

  private void json(String at, JsonNode node) {
    if (node.has("kty") && node.has("d")) {
      jwk(at, node);
    }
    if (node.isTextual()) {
      for (Base64.Decoder form : List.of(Base64.getDecoder(), Base64.getUrlDecoder())) {
        try {
          look(at, form.decode(node.asText()));
        } catch (IllegalArgumentException notBase64) {
          // Then there is no key in Base64.
        }
      }
      pem(at, node.asText());
    }
    node.forEach(part -> json(at, part));
  }

  private void jwk(String at, JsonNode key) {
    byte[] secret = Base64.getUrlDecoder().decode(key.path("d").asText());
    try {
      if (key.path("kty").asText().equals("OKP")) {
        Ed25519PrivateKeyParameters ed25519 = new Ed25519PrivateKeyParameters(secret);
        pkcs8(at, PrivateKeyInfoFactory.createPrivateKeyInfo(ed25519).getEncoded());
      } else {
        String curve = key.path("crv").asText().replace("P-", "secp") + "r1";
        ECNamedDomainParameters domain =
            ECNamedDomainParameters.lookup(ECNamedCurveTable.getOID(curve));
        ECPrivateKeyParameters point =
            new ECPrivateKeyParameters(new BigInteger(1, secret), domain);
        pkcs8(at, PrivateKeyInfoFactory.createPrivateKeyInfo(point).getEncoded());
      }
    } catch (IOException noKey) {
      throw new IllegalStateException(noKey);
    }
  }

  private void pkcs8(String at, byte[] der) {
    if (der.length < SHORTEST_PKCS8 || der[0] != 0x30) {
      return;
    }
    for (String algorithm : List.of("EC", "Ed25519", "RSA")) {
      try {
        found.put(
            at, KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
      } catch (GeneralSecurityException another) {
        // Not of this kind.
      }
    }
  }
}
