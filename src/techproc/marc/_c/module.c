/* The scanner's C core, as a module. */

#include "scan.h"

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, run_doc},
    {"fields", fields, METH_O, fields_doc},
    {"gather", gather, METH_VARARGS, gather_doc},
    {"subfields", subfields, METH_VARARGS, subfields_doc},
    {"xml_record", xml_record, METH_O, xml_record_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "techproc.marc._scan", "The scanner's C core.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__scan(void) { return PyModule_Create(&module); }
