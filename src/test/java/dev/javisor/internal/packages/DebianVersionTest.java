package dev.javisor.internal.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebianVersionTest {
  @ParameterizedTest
  @CsvSource({
    "1.0,1.0,0",
    "1.0-1,1.0-2,-1",
    "6.1.99-1,6.1.100-1,-1",
    "1:1.0,2.0,1",
    "1.0~rc1,1.0,-1",
    "1.0~~,1.0~,-1",
    "1.0,1.0-0,0",
    "1.0+b1,1.0,1",
    "1.0a,1.0+,-1",
    "1.01,1.1,0",
    "7.2.13-1,7.2.9-5,1",
    "1.0-1+deb12u1,1.0-1,1",
    "1.0-1~bpo12+1,1.0-1,-1",
    "0:1.0,1.0,0",
    "1.2-3-4,1.2-3-5,-1",
    "12345678901234567890,12345678901234567891,-1"
  })
  void shouldOrderAsDpkgDoes(String a, String b, int order) {
    assertEquals(order, Integer.signum(DebianVersion.compare(a, b)));
    assertEquals(-order, Integer.signum(DebianVersion.compare(b, a)));
  }
}
